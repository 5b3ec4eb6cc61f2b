import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { CommandHome } from "../support/command-home.ts";
import type { RunningCommand } from "../support/running-command.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";
import { isLeftOut } from "../support/remote-mode.ts";

setDefaultTimeout(60_000);

const text = "One piece after the other.";

describe("an agent execution", () => {
  let server: ScriptServer;
  let home: CommandHome;
  beforeAll(async () => {
    server = serveModels({
      slow: [{ text, chunk: 5, delayMs: 400 }],
      endless: [{ text: text.repeat(100), chunk: 5, delayMs: 200 }],
    });
    home = CommandHome.open({ config: configFor(server) });
    await home.output(["agent", "create", "slow", "-i", "x", "-m", "openai-compatible/slow"]);
    await home.output(["agent", "create", "endless", "-i", "x", "-m", "openai-compatible/endless"]);
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function answering(agent: string): Promise<RunningCommand> {
    const running = home.start(["agent", "execute", agent, "talk"]);
    await running.says("One", "stdout");
    return running;
  }

  async function lastPhase(): Promise<string> {
    return (await home.json(["execution", "get", "@last"])).status.phase;
  }

  test.each([
    { signal: "SIGINT", exitCode: 130 },
    { signal: "SIGTERM", exitCode: 143 },
  ] as const)("is cancelled by $signal, and the command says so", async ({ signal, exitCode }) => {
    const running = await answering("endless");
    running.kill(signal);
    const end = await running.end();
    expect(end.exitCode).toBe(exitCode);
    expect(end.stderr).toMatch(/Execution aex-\w+ is (being )?cancelled/);
    expect(end.stderr).toContain("hint: stigmer execution get aex-");
    await home.run(["execution", "wait", "@last", "--wait", "5s"]);
    expect(await lastPhase()).toBe("EXECUTION_CANCELLED");
  });

  test("is left running by a terminal that hangs up", async () => {
    const running = await answering("slow");
    running.kill("SIGHUP");
    expect(await running.end()).toMatchObject({ exitCode: 129 });
    expect(await home.run(["execution", "wait", "@last"])).toMatchObject({ exitCode: 0 });
    expect((await home.json(["execution", "get", "@last"])).status.output).toBe(text);
  });

  test("is left running with --detach, which prints its id", async () => {
    const id = await home.output(["agent", "execute", "slow", "talk", "--detach"]);
    expect(id).toMatch(/^aex-\w+\n$/);
    expect(await lastPhase()).not.toBe("EXECUTION_COMPLETED");
    const watch = await home.run(["execution", "watch", id.trim()]);
    expect(watch).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(text) });
  });

  test("is left running when --wait is over", async () => {
    const end = await home.run(["agent", "execute", "slow", "talk", "--wait", "700ms"]);
    expect(end.exitCode).toBe(8);
    expect(end.stderr).toContain("hint: stigmer execution watch aex-");
    expect(await home.run(["execution", "wait", "@last"])).toMatchObject({ exitCode: 0 });
  });

  test("is cancelled when --timeout is over", async () => {
    const end = await home.run(["agent", "execute", "endless", "talk", "--timeout", "1s"]);
    expect(end.exitCode).toBe(124);
    expect(end.stderr).not.toBe("");
    await home.run(["execution", "wait", "@last", "--wait", "5s"]);
    expect(await lastPhase()).toMatch(/CANCELLED|FAILED/);
  });

  test.each([
    { args: ["slow", "--wait", "500ms"], exitCode: 8, code: "still-running", next: "watch" },
    { args: ["endless", "--timeout", "1s"], exitCode: 124, code: "deadline-exceeded", next: "get" },
  ])("answers $args with an error in JSON that names it", async ({ args, ...end }) => {
    const [agent = "", ...limit] = args;
    const ended = await home.run(["agent", "execute", agent, "talk", "-o", "json", ...limit]);
    expect(ended).toMatchObject({ exitCode: end.exitCode, stdout: "" });
    const { error } = JSON.parse(ended.stderr);
    const [{ field, message: id }] = error.details;
    expect({ field, id }).toEqual({ field: "execution", id: expect.stringMatching(/^aex-\w+$/) });
    const hint = `stigmer execution ${end.next} ${id}`;
    expect(error).toMatchObject({ code: end.code, message: expect.stringMatching(/.+/), hint });
    await home.run(["execution", "wait", id, "--wait", "20s"]);
  });

  test.each([
    { verb: "wait", limit: "--wait", exitCode: 8, code: "still-running" },
    { verb: "watch", limit: "--timeout", exitCode: 124, code: "deadline-exceeded" },
  ])("that execution $verb leaves is an error in JSON", async ({ verb, limit, exitCode, code }) => {
    const id = (await home.output(["agent", "execute", "endless", "talk", "-d"])).trim();
    const end = await home.run(["execution", verb, id, limit, "500ms", "-o", "json"]);
    expect(end).toMatchObject({ exitCode, stdout: "" });
    const details = [{ field: "execution", rule: code, message: id }];
    expect(JSON.parse(end.stderr)).toMatchObject({ error: { code, details } });
    await home.output(["execution", "cancel", id]);
  });

  test("goes on when a command that only watches it is interrupted", async () => {
    const id = (await home.output(["agent", "execute", "slow", "talk", "-d"])).trim();
    const watching = home.start(["execution", "watch", id]);
    await watching.says("running", "stdout");
    watching.kill("SIGINT");
    const end = await watching.end();
    expect(end.exitCode).toBe(130);
    expect(end.stderr).toContain(`Execution ${id} goes on.`);
    expect(await home.run(["execution", "wait", id])).toMatchObject({ exitCode: 0 });
  });

  test("is cancelled by another command", async () => {
    const running = await answering("endless");
    const cancelled = await home.run(["execution", "cancel", "@last", "--reason", "enough"]);
    expect(cancelled.exitCode).toBe(0);
    const end = await running.end();
    expect(end.exitCode).toBe(130);
    expect(end.stderr).toContain("cancelled");
    expect((await home.json(["execution", "get", "@last"])).status.error.message).toBe("enough");
  });

  test.skipIf(isLeftOut("start on demand"))(
    "that the daemon was stopped under goes on with the next command",
    async () => {
      const id = (await home.output(["agent", "execute", "slow", "talk", "-d"])).trim();
      const stopped = await home.run(["local", "stop"]);
      expect(stopped.stderr).toContain("go on at the next start: 1");
      expect(await home.run(["execution", "wait", id])).toMatchObject({ exitCode: 0 });
      expect((await home.json(["execution", "get", id])).status.output).toBe(text);
    },
  );
});
