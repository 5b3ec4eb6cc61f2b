import { describe, expect, test } from "bun:test";
import { modelProviders } from "../contract/model-providers.ts";
import {
  callerEnvironment,
  dataHome,
  isCodeLoadingVariable,
  scrubbedEnvironment,
} from "./environment.ts";

describe("dataHome", () => {
  test("is STIGMER_HOME, else .stigmer in HOME", () => {
    expect(dataHome({ STIGMER_HOME: "/srv/data", HOME: "/home/me" })).toBe("/srv/data");
    expect(dataHome({ STIGMER_HOME: "", HOME: "/home/me" })).toBe("/home/me/.stigmer");
  });

  test("says to set STIGMER_HOME when there is no HOME", () => {
    expect(() => dataHome({})).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("STIGMER_HOME") }),
    );
  });
});

describe("callerEnvironment", () => {
  test.each([
    ["1", true],
    ["true", true],
    ["0", false],
    ["false", false],
    ["", false],
    [undefined, false],
  ])("STIGMER_NO_INPUT=%p forbids questions: %p", (STIGMER_NO_INPUT, noInput) => {
    expect(callerEnvironment({ STIGMER_NO_INPUT }).noInput).toBe(noInput);
  });

  test("reads what the terminal wants", () => {
    const asked = callerEnvironment({ NO_COLOR: "0", CLICOLOR_FORCE: "1", TERM: "dumb" });
    expect(asked).toMatchObject({ noColor: true, forceColor: true, dumbTerminal: true });
    const plain = callerEnvironment({ NO_COLOR: "", CLICOLOR_FORCE: "0", TERM: "xterm" });
    expect(plain).toMatchObject({ noColor: false, forceColor: false, dumbTerminal: false });
  });

  test("collects keys and base URLs of model providers and nothing else", () => {
    const variables = { OPENAI_API_KEY: "k", OLLAMA_HOST: "h", GEMINI_API_KEY: "", PATH: "/bin" };
    expect(callerEnvironment(variables).modelVariables).toEqual({
      OPENAI_API_KEY: "k",
      OLLAMA_HOST: "h",
    });
  });
});

describe("scrubbedEnvironment", () => {
  const credentials = Object.values(modelProviders).flatMap((one) => one.credentialVariables);

  test.each([
    "BUN_OPTIONS",
    "BUN_BE_BUN",
    "NODE_OPTIONS",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "DYLD_INSERT_LIBRARIES",
    "BASH_ENV",
    "PYTHONSTARTUP",
    "GIT_SSH_COMMAND",
    ...credentials,
  ])("leaves %s out", (name) => {
    expect(scrubbedEnvironment({ [name]: "x", PATH: "/bin" })).toEqual({ PATH: "/bin" });
  });

  test("keeps what a program needs to find its files, its user and its keychain", () => {
    const variables = { PATH: "/bin", HOME: "/h", DBUS_SESSION_BUS_ADDRESS: "unix:x", LANG: "C" };
    expect(scrubbedEnvironment(variables)).toEqual(variables);
  });
});

test("a variable of the caller's own program loads no code", () => {
  expect(isCodeLoadingVariable("GITHUB_TOKEN")).toBe(false);
});
