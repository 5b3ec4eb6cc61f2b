import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { installedTool } from "../../scripts/check/run-program.ts";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";
import { isLeftOut } from "../support/remote-mode.ts";

setDefaultTimeout(60_000);

const program = fileURLToPath(
  new URL("../../src/runners/mcp/fixtures/scripted-server.ts", import.meta.url),
);

describe("short jobs and the contract itself", () => {
  let server: ScriptServer;
  let home: CommandHome;
  beforeAll(async () => {
    server = serveModels({ denied: [{ fail: { status: 401, times: "always" } }] });
    home = CommandHome.open({ config: configFor(server) });
    const model = ["-m", "openai-compatible/plain"];
    await home.output(["agent", "create", "good", "-i", "Repeat.", ...model]);
    await home.output(["agent", "execute", "good", "hello"]);
    await home.output(["mcp", "add", "tools", "--", process.execPath, program]);
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test("api lists every method", async () => {
    const { items } = await home.json(["api"]);
    expect(items).toContainEqual({
      service: "ai.stigmer.agentic.agent.v1.AgentQueryController",
      method: "get",
      request: "ai.stigmer.agentic.agent.v1.AgentId",
      answer: "ai.stigmer.agentic.agent.v1.Agent",
      kind: "unary",
    });
  });

  test("api calls a method with one answer", async () => {
    const args = ["api", "AgentQueryController/get", "-d", '{"value":"good"}'];
    expect(JSON.parse(await home.output(args))).toMatchObject({ metadata: { slug: "good" } });
    expectRefusal(await home.run(["api", "AgentQueryController/got"]), {
      exitCode: 2,
      error: "AgentQueryController has no method",
      hint: "get",
    });
  });

  test("api prints each message of a stream on a line", async () => {
    const id = (await home.output(["execution", "list", "-q", "--limit", "1"])).trim();
    const request = JSON.stringify({ id, afterSequence: "0" });
    const args = ["api", "AgentExecutionQueryController/subscribe", "-d", request];
    const lines = (await home.output(args)).trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(2);
    const events = lines.map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ status: { phase: "EXECUTION_COMPLETED" } });
    expect(await home.json(args)).toEqual(events.at(-1));
  });

  test("api exports files that the tool of another language builds", async () => {
    const folder = home.at("exported");
    const files = (await home.output(["api", "--export-proto", folder])).trimEnd().split("\n");
    expect(files.length).toBeGreaterThan(20);
    const built = home.startProgram([installedTool("buf"), "build", folder]);
    expect(await built.end()).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("mcp tools lists what a server offers", async () => {
    expect(await home.output(["mcp", "tools", "tools", "-q"])).toContain("environment\nbig\n");
  });

  test("mcp call prints what the tool answered, from an argument, a file or stdin", async () => {
    const call = ["mcp", "call", "tools", "big"];
    expect(await home.output([...call, '{"bytes":3}'])).toBe("xxx\n");
    expect(await home.output([...call, "-"], { stdin: '{"bytes":4}' })).toBe("xxxx\n");
    writeFileSync(home.at("call.json"), '{"bytes":5}');
    expect(await home.output([...call, "@call.json"])).toBe("xxxxx\n");
  });

  test.each([
    { args: ["tools", "big", "{bytes"], exitCode: 2, error: "not valid JSON", hint: undefined },
    { args: ["tools", "bag"], exitCode: 5, error: "bag", hint: "mcp tools tools" },
    { args: ["nothing", "big"], exitCode: 5, error: "nothing", hint: "mcp list" },
  ])("mcp call $args is refused", async ({ args, exitCode, error, hint }) => {
    const end = await home.run(["mcp", "call", ...args]);
    expectRefusal(end, { exitCode, error, ...(hint === undefined ? {} : { hint }) });
  });

  test("mcp call ends with 1 when the tool says that it failed", async () => {
    const end = await home.run(["mcp", "call", "tools", "refuse"]);
    expect(end).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("no argument") });
  });

  test("model test says what answered and how fast", async () => {
    const text = await home.output(["model", "test", "openai-compatible/plain"]);
    expect(text).toMatch(
      /^openai-compatible\/plain answered "Say hello\." after \d+ms, done after/,
    );
  });

  test.each([
    { model: "openai-compatible/denied", exitCode: 4, error: "HTTP 401", hint: "model login" },
    { model: "openai-compatible/none", exitCode: 5, error: "HTTP 404", hint: "model list" },
    { model: "ollama/none", exitCode: 1, error: "cannot be reached", hint: "ollama serve" },
    { model: "nobody/none", exitCode: 2, error: '"nobody"', hint: "anthropic, openai" },
  ])("model test $model ends with $exitCode", async ({ model, exitCode, error, hint }) => {
    const options = { env: { OLLAMA_HOST: "http://127.0.0.1:9" } };
    const end = await home.run(["model", "test", model], options);
    expectRefusal(end, { exitCode, error, hint });
  });

  test("model list asks the providers for what they have", async () => {
    const list = ["model", "list", "openai-compatible", "--available", "-q"];
    expect(await home.output(list)).toContain("openai-compatible/denied\n");
  });

  test.skipIf(isLeftOut("lent keys"))("dev model serves a script until Ctrl-C", async () => {
    writeFileSync(home.at("turns.yaml"), "turns:\n  - text: From a file.\n");
    const serving = home.start(["dev", "model", "--script", "turns.yaml", "-o", "json"]);
    const { url } = JSON.parse(await serving.says(/\n}\n$/, "stdout"));
    const env = { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: "script" };
    const run = ["agent", "execute", "good", "hello", "-m", "openai/any"];
    expect(await home.output(run, { env })).toBe("From a file.\n");
    serving.kill("SIGINT");
    expect(await serving.end()).toMatchObject({ exitCode: 130 });
  });
});
