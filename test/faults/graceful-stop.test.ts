import { expect, setDefaultTimeout, test } from "bun:test";
import { pollUntil } from "../../src/system/process-group.ts";
import { summarize } from "./run-summary.ts";
import { toolCall } from "./scenario.ts";
import { followToEnd, ScenarioHome } from "./scenario-home.ts";

setDefaultTimeout(120_000);

/** What a daemon has from SIGTERM to its exit. */
const stopWithinMs = 10_000;
/** What running effects have; a daemon whose runners are done earlier does not wait for its end. */
const graceMs = 3_000;
const goneWithinMs = 2_000;

test("SIGTERM lets a tool end within the grace; the next daemon goes on from its result", async () => {
  const turns = [{ tools: [toolCall("send", "a", 500)] }, { text: "{{toolResult}}" }];
  await using home = await ScenarioHome.create(turns);
  const id = await startAndStop(home, () => home.untilCalled("a"), graceMs);

  const { channel } = await home.start();
  await followToEnd(channel, id);
  expect((await summarize(channel, id)).output).toBe("send a");
  expect(home.calls.get("a")).toBe(1);
  expect(home.requests).toEqual([1, 1]);
});

test("SIGTERM lets a model end within the grace; the next daemon does not ask it again", async () => {
  const turns = [{ firstDelayMs: 500, tools: [toolCall("send", "a")] }, { text: "{{toolResult}}" }];
  await using home = await ScenarioHome.create(turns);
  const isAsked = (): Promise<void> => home.until("the request", () => home.requests[0] === 1);
  const id = await startAndStop(home, isAsked, graceMs);
  expect(home.calls.size).toBe(0);

  const { channel } = await home.start();
  await followToEnd(channel, id);
  expect((await summarize(channel, id)).output).toBe("send a");
  expect(home.requests).toEqual([1, 1]);
});

test("SIGTERM does not wait for a tool that takes longer; its outcome is unknown then", async () => {
  const turns = [{ tools: [toolCall("send", "a", 600_000)] }, { text: "{{toolResult}}" }];
  await using home = await ScenarioHome.create(turns);
  const id = await startAndStop(home, () => home.untilCalled("a"), stopWithinMs);

  const { channel } = await home.start();
  await followToEnd(channel, id);
  expect((await summarize(channel, id)).output).toStartWith("outcome unknown: ");
  expect(home.calls.get("a")).toBe(1);
});

test.each([
  { signal: "SIGTERM", end: { code: 1, signal: null } },
  { signal: "SIGKILL", end: { code: null, signal: "SIGKILL" } },
] as const)(
  "$signal while the daemon stops ends it at once, and all that it started",
  async ({ signal, end }) => {
    await using home = await ScenarioHome.create([{ tools: [toolCall("send", "a", 600_000)] }]);
    const daemon = await home.start();
    await home.execute(daemon.channel);
    await home.untilCalled("a");
    daemon.kill("SIGTERM");
    await home.until("the stop", () => home.facts("daemon stops").length === 1);
    daemon.kill(signal);
    expect(await daemon.exited).toEqual(end);
    const isGone = async (): Promise<boolean> => (await home.liveProcesses()).length === 0;
    expect(await pollUntil(isGone, goneWithinMs)).toBe(true);
  },
);

/** Starts an execution, stops the daemon in the middle of it, and shows that nothing is left running. */
async function startAndStop(
  home: ScenarioHome,
  middle: () => Promise<void>,
  withinMs: number,
): Promise<string> {
  const daemon = await home.start();
  const id = await home.execute(daemon.channel);
  await middle();
  const stoppedAt = performance.now();
  daemon.kill("SIGTERM");
  expect(await daemon.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - stoppedAt).toBeLessThan(withinMs);
  expect(await home.liveProcesses()).toEqual([]);
  return id;
}
