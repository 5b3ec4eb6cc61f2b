import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";

setDefaultTimeout(60_000);

const program = [
  process.execPath,
  fileURLToPath(new URL("../../src/runners/mcp/fixtures/scripted-server.ts", import.meta.url)),
];

const size = 12_000_000;
const models = {
  big: [
    { tools: [{ name: "good__big", args: { bytes: size } }] },
    { text: "It has {{match:0}}.", when: { toolResult: "/of \\d+ bytes/" } },
  ],
};

const faults = [
  {
    name: "absent",
    command: ["no-such-program"],
    error: "there is no command no-such-program",
    hint: "install no-such-program",
  },
  {
    name: "misplaced",
    command: ["/nowhere/server"],
    error: "/nowhere/server does not exist",
    hint: "change command",
  },
  {
    name: "quitter",
    command: [...program, "exit"],
    error: "ended before it was ready: exit code 3",
    hint: "fix the command",
    evidence: "missing API_KEY",
  },
  {
    name: "babbler",
    command: [...program, "garbage"],
    error: 'the first line was "Welcome to the server!"',
    hint: "fix the command",
    connectTimeout: "2s",
  },
  {
    name: "mute",
    command: [...program, "silent"],
    error: "did not answer within 700 ms",
    hint: "fix the command",
    connectTimeout: "700ms",
  },
];

describe("an MCP server that fails", () => {
  let server: ScriptServer;
  let home: CommandHome;
  beforeAll(async () => {
    server = serveModels(models);
    const config = configFor(server, { "model.default": "openai-compatible/plain" });
    home = CommandHome.open({ config });
    await home.output(["mcp", "add", "good", "--", ...program]);
    await home.output(["agent", "create", "good", "-i", "Work.", "--mcp", "good"]);
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    await home.output(["config", "set", "mcp.connectTimeout", ""]);
    expect(await home.output(["agent", "execute", "good", "still here"])).toBe("still here\n");
  });

  test.each(faults)("$name: $error", async ({ name, command, ...fault }) => {
    const { error, hint, evidence = "", connectTimeout = "20s" } = fault;
    await home.output(["config", "set", "mcp.connectTimeout", connectTimeout]);
    await home.output(["mcp", "add", name, "--", ...command]);
    await home.output(["agent", "create", `with-${name}`, "-i", "Work.", "--mcp", name]);

    const execution = await home.run(["agent", "execute", `with-${name}`, "hello"]);
    expectRefusal(execution, { exitCode: 1, error, hint });
    expect(execution.stderr).toContain(evidence);
    const { status } = await home.json(["execution", "get", "@last"]);
    expect(status).toMatchObject({ phase: "EXECUTION_FAILED", error: { code: "tool-server" } });

    expectRefusal(await home.run(["mcp", "tools", name]), { exitCode: 1, error, hint });
  });

  test("a tool result of 12 MB is cut for the model and kept whole", async () => {
    const end = await home.run([
      "agent",
      "execute",
      "good",
      "fetch it",
      "-m",
      "openai-compatible/big",
      "-o",
      "json",
    ]);
    expect(end.exitCode).toBe(0);
    expect(JSON.parse(end.stdout).status.output).toBe(`It has of ${size} bytes.`);

    const { messages } = await home.json(["execution", "get", "@last"]);
    const { toolResult } = messages.find(({ role }: { role: string }) => role.endsWith("_TOOL"))
      .parts[0];
    expect(toolResult.content[0].text.length).toBeLessThan(70_000);
    const whole = readFileSync(artifact(toolResult.artifact));
    expect(createHash("sha256").update(whole).digest("hex")).toBe(toolResult.artifact);
    expect(JSON.parse(whole.toString())).toEqual([{ kind: "text", text: "x".repeat(size) }]);
  });

  function artifact(hash: string): string {
    const found = [...new Bun.Glob(`**/${hash}`).scanSync(join(home.home, "data/artifacts"))];
    return join(home.home, "data/artifacts", found[0] ?? "none");
  }
});
