import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { fileURLToPath } from "node:url";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import type { CommandEnd } from "../support/running-command.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";

setDefaultTimeout(60_000);

const answer = { text: "This answer has several pieces.", chunk: 5 };
const callTool = { tools: [{ name: "files__environment" }] };

const models = {
  denied: [{ fail: { status: 401, times: "always", message: "no such key" } }],
  overloaded: [{ ...answer, fail: { status: 529, times: 1 } }],
  cut: [{ ...answer, cutAfter: 3 }],
  ended: [{ ...answer, eofAfter: 3 }],
  "ended-once": [{ ...answer, eofAfter: 3, faultTimes: 1 }],
  failing: [{ ...answer, midError: { after: 2, message: "out of memory" } }],
  silent: [{ hang: true }],
  broken: [
    { tools: [{ name: "files__environment" }], malformedArgs: '{"a": ' },
    { text: "I read: {{toolResult}}" },
  ],
  unknown: [{ tools: [{ name: "files__enviroment" }] }, { text: "I read: {{toolResult}}" }],
  endless: [callTool, callTool, callTool, callTool, callTool],
};

describe("a model that fails", () => {
  let server: ScriptServer;
  let home: CommandHome;
  beforeAll(async () => {
    server = serveModels(models);
    const limits = { "model.maxRetries": 1, "limits.maxTurns": 3 };
    home = CommandHome.open({ config: configFor(server, limits) });
    const tools = fileURLToPath(
      new URL("../../src/runners/mcp/fixtures/scripted-server.ts", import.meta.url),
    );
    await home.output(["mcp", "add", "files", "--", process.execPath, tools]);
    await home.output(["agent", "create", "talker", "-i", "Talk."]);
    await home.output(["agent", "create", "worker", "-i", "Work.", "--mcp", "files"]);
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  function ask(model: string, agent = "talker"): Promise<CommandEnd> {
    return home.run(["agent", "execute", agent, "hello", "-m", `openai-compatible/${model}`]);
  }

  /** What the newest execution of a model ended with. */
  async function endOf(model: string): Promise<{ phase: string; error?: { code: string } }> {
    const { items } = await home.json(["execution", "list", "--limit", "5"]);
    return items.find((item: { spec: { model: string } }) => item.spec.model.endsWith(`/${model}`))
      .status;
  }

  test("that nobody serves ends the execution after its retries", async () => {
    const end = await home.run(["agent", "execute", "talker", "hello", "-m", "ollama/none"], {
      env: { OLLAMA_HOST: "http://127.0.0.1:9" },
    });
    expectRefusal(end, { exitCode: 1, error: "cannot be reached", hint: "ollama serve" });
    expect(end.stderr).toContain("trying ollama/none again");
    expect(await endOf("none")).toMatchObject({
      phase: "EXECUTION_FAILED",
      error: { code: "network" },
    });
  });

  test("that refuses the key ends it at once with exit code 4", async () => {
    const end = await ask("denied");
    expectRefusal(end, { exitCode: 4, error: "no such key", hint: "stigmer model login" });
    expect(server.journal.requestsOf("denied")).toBe(1);
    expect(await endOf("denied")).toMatchObject({ error: { code: "auth" } });
  });

  test("that is overloaded for a moment is asked again", async () => {
    expect(await ask("overloaded")).toMatchObject({ exitCode: 0, stdout: `${answer.text}\n` });
    expect(server.journal.requestsOf("overloaded")).toBe(2);
  });

  test.each(["cut", "ended"])(
    "that is always %s before its end is never taken for an answer",
    async (model) => {
      const end = await ask(model);
      expectRefusal(end, {
        exitCode: 1,
        error: /lost|ended before/,
        hint: "run it again",
        stdout: "This answer has\n",
      });
      expect(server.journal.requestsOf(model)).toBe(2);
      expect(await endOf(model)).toMatchObject({
        phase: "EXECUTION_FAILED",
        error: { code: "interrupted" },
      });
    },
  );

  test("that is cut once is asked again, and its answer is printed once", async () => {
    const end = await ask("ended-once");
    expect(end).toMatchObject({ exitCode: 0, stdout: `${answer.text}\n` });
    expect(end.stderr).toContain("trying openai-compatible/ended-once again");
  });

  test("that reports an error inside its stream fails with its sentence", async () => {
    const end = await ask("failing");
    expectRefusal(end, { exitCode: 1, error: "out of memory", hint: /./, stdout: end.stdout });
    expect(await endOf("failing")).toMatchObject({ phase: "EXECUTION_FAILED" });
  });

  test("that never answers is given up", async () => {
    await home.output(["config", "set", "model.firstByteTimeout", "400ms"]);
    const end = await ask("silent");
    await home.output(["config", "set", "model.firstByteTimeout", ""]);
    expectRefusal(end, { exitCode: 1, error: "did not answer for 400 ms", hint: "longer timeout" });
    expect(await endOf("silent")).toMatchObject({ error: { code: "timeout" } });
  });

  test("that writes arguments which are no JSON is told so and goes on", async () => {
    const end = await ask("broken", "worker");
    expect(end.exitCode).toBe(0);
    expect(end.stdout).toContain("the arguments are not valid JSON");
  });

  test("that calls a tool which is not there is told the nearest and goes on", async () => {
    const end = await ask("unknown", "worker");
    expect(end.exitCode).toBe(0);
    expect(end.stdout).toContain("did you mean files__environment?");
  });

  test("that calls tools without end is stopped by the limit of turns", async () => {
    const end = await ask("endless", "worker");
    expectRefusal(end, { exitCode: 9, error: "limit of 3 turns", hint: "spec.limits.maxTurns" });
    expect(server.journal.requestsOf("endless")).toBe(3);
    expect(await endOf("endless")).toMatchObject({ error: { code: "limit-turns" } });
  });

  test("is no harm to the next one, and none is forgotten", async () => {
    expect(await ask("plain")).toMatchObject({ exitCode: 0, stdout: "hello\n" });
    const { items } = await home.json(["execution", "list"]);
    const failedBefore = Object.keys(models).length + 1;
    expect(items).toHaveLength(failedBefore + 1);
  });
});
