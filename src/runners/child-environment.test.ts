import { describe, expect, test } from "bun:test";
import { childEnvironment } from "./child-environment.ts";

const host = {
  environment: { PATH: "/bin", HOME: "/home/me", OPENAI_API_KEY: "secret", TERM: undefined },
  childTag: "run-1",
};

describe("the environment of a server", () => {
  test("has the basic variables, what is declared, and the tag, and nothing else", () => {
    expect(childEnvironment('MCP server "files"', { TOKEN: "abc", HOME: "/tmp" }, host)).toEqual({
      PATH: "/bin",
      HOME: "/tmp",
      TOKEN: "abc",
      STIGMER_CHILD: "run-1",
    });
  });

  test("keeps the tag even when the definition declares another", () => {
    const environment = childEnvironment('MCP server "files"', { STIGMER_CHILD: "hidden" }, host);
    expect(environment["STIGMER_CHILD"]).toBe("run-1");
  });

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
  ])("refuses %s, by name", (name) => {
    expect(() => childEnvironment('MCP server "files"', { [name]: "x" }, host)).toThrow(
      expect.objectContaining({ code: "refused", message: expect.stringContaining(name) }),
    );
  });

  test.each([
    ["an empty name", { "": "x" }],
    ["a name with '='", { "A=B": "x" }],
    ["a value with a zero byte", { A: "x\0y" }],
  ])("refuses %s", (_, declared) => {
    expect(() => childEnvironment('MCP server "files"', declared, host)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});
