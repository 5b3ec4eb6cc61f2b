import { describe, expect, test } from "bun:test";
import type { Kill } from "./fault-plan.ts";
import { findFaults } from "./find-faults.ts";
import { describeKills, killPoints } from "./kill-points.ts";
import { limited } from "./limited.ts";
import { play } from "./play-scenario.ts";
import { repairScenario } from "./scenario.ts";

// `all-kill-points.ts` has every point of it; here is what surrounds the request for a repair.
const repaired = await play(repairScenario);
const atOnce = limited(3);
/** The wait for a free place counts. */
const timeoutMs = 600_000;

test("an answer that does not satisfy the output schema is mended in turns like any other", () => {
  expect(findFaults(repairScenario, repaired, repaired)).toEqual([]);
  expect(repaired.summary).toMatchObject({
    phase: "EXECUTION_COMPLETED",
    output: '{"total": 4}',
    turns: 3,
    toolCalls: 1,
  });
  expect(repaired.requests).toEqual([1, 1, 1]);
  expect(repaired.lastRequest).toContain("- the answer is not JSON");
});

describe("the repair ends the same, and no recorded turn is asked for again, when it kills", () => {
  const points: readonly Kill[] = [
    ...killPoints(repaired, "runner").filter(isAroundRepair),
    ...killPoints(repaired, "daemon").filter(isAroundRepair),
  ];
  test.concurrent.each(points.map((kill) => ({ name: `the ${describeKills([kill])}`, kill })))(
    "$name",
    async ({ kill }) => {
      const played = await atOnce(() => play(repairScenario, { kills: [kill] }));
      expect(findFaults(repairScenario, repaired, played)).toEqual([]);
    },
    timeoutMs,
  );

  test("also while the repair is in flight", () => {
    const inFlight = { at: { row: "DONE model#2" }, moment: "before" };
    expect(points).toContainEqual(expect.objectContaining(inFlight));
  });
});

/** The end of the first answer, and the turn that mends it. */
function isAroundRepair({ at }: Kill): boolean {
  return /model#[12]$/.test(at.row ?? "");
}
