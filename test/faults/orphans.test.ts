import { expect, setDefaultTimeout, test } from "bun:test";
import { pollUntil } from "../../src/system/process-group.ts";
import { cancelExecution, followToEnd, ScenarioHome } from "./scenario-home.ts";
import { toolCall } from "./scenario.ts";

setDefaultTimeout(120_000);

const goneWithinMs = 2_000;

test.each(["runner", "daemon", "both"] as const)(
  "no tool server outlives a kill -9 of the %s",
  async (victim) => {
    await using home = await ScenarioHome.create([
      { tools: [toolCall("read", "a", 600_000)] },
      { text: "Done." },
    ]);
    let daemon = await home.start();
    const id = await home.execute(daemon.channel);
    await home.untilCalled("a");
    const [runner = 0] = home.runners;
    const [server = 0] = home.toolServers;
    expect(await home.liveProcesses()).toEqual(expect.arrayContaining([runner, server]));

    if (victim !== "daemon") process.kill(runner, "SIGKILL");
    if (victim !== "runner") {
      daemon.kill("SIGKILL");
      await daemon.exited;
      daemon = await home.start();
    }
    const isGone = async (): Promise<boolean> => {
      const live = await home.liveProcesses();
      return !live.includes(runner) && !live.includes(server);
    };
    expect(await pollUntil(isGone, goneWithinMs)).toBe(true);

    // The call may be made again: it is, by a runner and a server of its own.
    await home.until("the second call", () => home.calls.get("a") === 2);
    await cancelExecution(daemon.channel, id);
    await followToEnd(daemon.channel, id);
    expect(await pollUntil(async () => (await home.liveToolServers()).length === 0, 5_000)).toBe(
      true,
    );
  },
);
