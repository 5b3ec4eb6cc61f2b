import { expect, setDefaultTimeout, test } from "bun:test";
import { fileURLToPath } from "node:url";
import type { Channel } from "../../src/contract/channel.ts";
import { summarize } from "./run-summary.ts";
import { toolCall } from "./scenario.ts";
import { followToEnd, ScenarioHome } from "./scenario-home.ts";

setDefaultTimeout(120_000);

/** Long enough for a runner to start on a busy machine, short enough for a test. */
const settings = { "runner.leaseTime": "3s", "runner.heartbeat": "200ms" };
const appendLate = fileURLToPath(new URL("./preloads/append-late.ts", import.meta.url));
const blockRunner = fileURLToPath(new URL("./preloads/block-runner.ts", import.meta.url));

test("a runner that is stopped past its lease is replaced, and its late append is refused", async () => {
  const turns = [{ tools: [toolCall("send", "a", 600_000)] }, { text: "Done." }];
  await using home = await ScenarioHome.create(turns, { settings });
  const { channel } = await home.start({ preloads: [appendLate] });
  const id = await home.execute(channel);
  await home.untilCalled("a");
  const [stopped = 0] = home.runners;
  process.kill(stopped, "SIGSTOP");
  await followToEnd(channel, id);

  await expectUnknownSend(channel, id, home);
  expect(home.facts("runner is silent, ending it")).toHaveLength(1);
  expect(home.runners).toHaveLength(2);
  expect(await Bun.file(home.at("late-append.json")).json()).toEqual({ kind: "fenced" });
  // It cannot be continued: it is gone, and so is its tool server.
  expect(() => process.kill(stopped, "SIGCONT")).toThrow("ESRCH");
  expect(await home.liveToolServers()).not.toContain(home.toolServers[0]);
});

test("a runner whose loop is blocked is replaced, and a call that was answered is made once more at most", async () => {
  const turns = [{ tools: [toolCall("read", "a")] }, { text: "Done." }];
  await using home = await ScenarioHome.create(turns, { settings });
  const { channel } = await home.start({ preloads: [blockRunner] });
  const id = await home.execute(channel);
  await followToEnd(channel, id);

  expect(await summarize(channel, id)).toMatchObject({
    phase: "EXECUTION_COMPLETED",
    output: "Done.",
  });
  expect(home.calls.get("a")).toBe(2);
  expect(home.requests).toEqual([1, 1]);
  expect(home.facts("runner is silent, ending it")).toHaveLength(1);
});

test("a runner that works longer than its lease keeps it", async () => {
  const turns = [{ tools: [toolCall("send", "a", 4_500)] }, { text: "Done." }];
  await using home = await ScenarioHome.create(turns, { settings });
  const { channel } = await home.start();
  const id = await home.execute(channel);
  await followToEnd(channel, id);

  expect(home.runners).toHaveLength(1);
  expect(home.calls.get("a")).toBe(1);
});

async function expectUnknownSend(channel: Channel, id: string, home: ScenarioHome): Promise<void> {
  const { phase, output, turns } = await summarize(channel, id);
  expect({ phase, output, turns }).toEqual({
    phase: "EXECUTION_COMPLETED",
    output: "Done.",
    turns: 2,
  });
  expect(home.calls.get("a")).toBe(1);
  expect(home.lastRequest).toContain("outcome unknown");
}
