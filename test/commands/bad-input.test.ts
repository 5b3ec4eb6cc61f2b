import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal, type Refusal } from "../support/expect-refusal.ts";

setDefaultTimeout(60_000);

describe("bad input", () => {
  let home: CommandHome;
  beforeAll(async () => {
    home = CommandHome.open({ config: "model.default: script/echo\n" });
    await home.output(["agent", "create", "good", "--instructions", "Repeat."]);
  });
  afterAll(() => home[Symbol.asyncDispose]());
  afterEach(async () => {
    // Whatever was refused, what was stored is there and the daemon answers.
    expect(await home.output(["agent", "get", "good", "-o", "name"])).toBe("good\n");
  });

  test.each<{ args: string[]; stdin?: string; refusal: Refusal }>([
    {
      args: ["agent", "execute", "nobody", "hello"],
      refusal: { exitCode: 5, error: 'no agent "nobody"', hint: "stigmer agent list" },
    },
    {
      args: ["agent", "create", "empty", "--instructions", ""],
      refusal: { exitCode: 2, error: "instructions are empty", hint: "stigmer agent create empty" },
    },
    {
      args: ["agent", "create", "blank", "--instructions", " \n\t"],
      refusal: { exitCode: 2, error: "instructions are empty", hint: "stigmer agent create blank" },
    },
    {
      args: ["agent", "create", "silent", "--instructions", "-"],
      refusal: {
        exitCode: 2,
        error: "instructions are empty",
        hint: "stigmer agent create silent",
      },
    },
    {
      args: ["agent", "update", "good", "--instructions", ""],
      refusal: { exitCode: 2, error: "instructions are empty", hint: "stigmer agent update good" },
    },
    {
      args: ["agent", "create", "unspoken"],
      refusal: { exitCode: 2, error: "--instructions is missing", hint: "stigmer agent create" },
    },
    {
      args: ["agent", "create", "unread", "--instructions", "@nowhere.md"],
      refusal: {
        exitCode: 2,
        error: "Cannot read nowhere.md",
        hint: "a file or folder that exists",
      },
    },
    {
      args: ["agent", "create", "good", "--instructions", "Repeat."],
      refusal: { exitCode: 6, error: "slug good is taken", hint: "change the one" },
    },
    {
      args: ["agent", "execute", "good", " "],
      refusal: { exitCode: 2, error: "message is empty", hint: "stigmer agent execute" },
    },
    {
      args: ["agent", "execute", "good", "hello", "--environment", "nowhere"],
      refusal: { exitCode: 5, error: 'no environment "nowhere"', hint: "environment list" },
    },
    {
      args: ["agent", "execute", "good", "hello", "--session", "ses-none"],
      refusal: { exitCode: 5, error: "ses-none", hint: "session list" },
    },
    {
      args: ["agent", "create", "toolless", "--instructions", "x", "--mcp", "nothing"],
      refusal: { exitCode: 5, error: 'no MCP server "nothing"', hint: "mcp list" },
    },
    {
      args: [
        "api",
        "AgentCommandController/create",
        "--data",
        '{"metadata":{"name":"x"},"spec":{}}',
      ],
      refusal: { exitCode: 2, error: "spec.instructions: value is required" },
    },
    {
      args: ["api", "AgentQueryController/get", "--data", "{broken"],
      refusal: { exitCode: 2, error: "The request is no", hint: "proto3 JSON" },
    },
    {
      args: ["agent", "lst"],
      refusal: { exitCode: 2, error: 'no command "agent lst"', hint: "stigmer agent list" },
    },
    {
      args: ["agent", "list", "--limt", "3"],
      refusal: { exitCode: 2, error: "no flag --limt", hint: "--limit" },
    },
    {
      args: ["environment", "create", "sealed", "TOKEN=x", "--secret"],
      refusal: { exitCode: 2, error: "Sealed secrets come in a later version", hint: "plain" },
    },
    {
      args: ["model", "login", "openai", "sk-typed"],
      refusal: { exitCode: 2, error: "never taken from an argument", hint: "--from-env NAME" },
    },
  ])("$args is refused with a sentence and a way out", async ({ args, refusal }) => {
    expectRefusal(await home.run(args), refusal);
  });

  test("a message of 5 MB is refused whole", async () => {
    const message = "m".repeat(5_000_000);
    const end = await home.run(["agent", "execute", "good", "-"], { stdin: message });
    expectRefusal(end, {
      exitCode: 2,
      error: "stdin holds more than 4 MB",
      hint: "Pass less",
    });
    expect(await home.json(["execution", "list"])).not.toMatchObject({
      items: [{ spec: { message: expect.stringContaining("mmm") } }],
    });
  });

  test("a message of 3 MB arrives whole", async () => {
    const message = "m".repeat(3_000_000);
    const end = await home.run(["agent", "execute", "good", "-"], { stdin: message });
    expect(end.stderr).not.toContain("error:");
    expect(end.stdout).toBe(`${message}\n`);
  });
});
