import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";
import { isLeftOut } from "../support/remote-mode.ts";

setDefaultTimeout(60_000);

const text = "One piece after the other.";
const slow = { slow: [{ text, chunk: 5, delayMs: 500 }] };

describe("a runner whose loop is blocked", () => {
  test("loses its execution to another, which completes it", async () => {
    await using models = serveModels(slow);
    const lease = { "runner.leaseTime": "1s", "runner.heartbeat": "200ms" };
    await using home = CommandHome.open({ config: configFor(models, lease) });
    await home.output(["agent", "create", "slow", "-i", "Talk.", "-m", "openai-compatible/slow"]);
    const running = home.start(["agent", "execute", "slow", "talk"]);
    await running.says("One", "stdout");
    const [blocked] = (await home.json(["local", "status"])).runners;
    process.kill(blocked.pid, "SIGSTOP");

    const end = await running.end();
    expect(end).toMatchObject({ exitCode: 0, stdout: `${text}\n` });
    expect(end.tookMs).toBeLessThan(20_000);
    const { status } = await home.json(["execution", "get", "@last"]);
    expect(status).toMatchObject({ phase: "EXECUTION_COMPLETED", attempts: 2, output: text });
    const { runners } = await home.json(["local", "status"]);
    expect(runners).not.toContainEqual(expect.objectContaining({ pid: blocked.pid }));
    expect(() => process.kill(blocked.pid, 0)).toThrow("ESRCH");
  });
});

describe.skipIf(isLeftOut("hung daemon"))("a daemon that hangs", () => {
  test("is named by every command within its time, and stopped all the same", async () => {
    await using home = CommandHome.open({ config: "model.default: script/echo\n" });
    await home.output(["agent", "create", "good", "-i", "Repeat."]);
    const { pid } = await home.json(["local", "status"]);
    process.kill(pid, "SIGSTOP");

    const [list, execute, status, timed] = await Promise.all([
      home.run(["agent", "list"]),
      home.run(["agent", "execute", "good", "hello"]),
      home.run(["local", "status"]),
      home.run(["agent", "execute", "good", "hello", "--timeout", "1s"]),
    ]);
    const silent = { exitCode: 7, error: "does not answer", hint: "stigmer local restart" };
    expectRefusal(list, { ...silent, withinMs: 9_000 });
    expectRefusal(execute, { ...silent, withinMs: 9_000 });
    expectRefusal(status, { ...silent, withinMs: 9_000 });
    const late = { exitCode: 124, error: "Not done within 1s", hint: "--timeout" };
    expectRefusal(timed, { ...late, withinMs: 6_000 });
    expect(await home.run(["version"])).toMatchObject({ exitCode: 0 });

    const stopped = await home.run(["local", "restart"]);
    expect(stopped).toMatchObject({ exitCode: 0 });
    expect(stopped.stderr).toContain(`The daemon (pid ${pid}) does not answer; sending SIGKILL.`);
    expect(await home.output(["agent", "execute", "good", "still here"])).toBe("still here\n");
  });
});
