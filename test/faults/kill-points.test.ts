import { describe, expect, test } from "bun:test";
import type { Kill } from "./fault-plan.ts";
import { findFaults } from "./find-faults.ts";
import { describeKills, killPoints } from "./kill-points.ts";
import { limited } from "./limited.ts";
import { play } from "./play-scenario.ts";
import { cancelScenario, mainScenario } from "./scenario.ts";

// `all-kill-points.ts` has every point of every scenario; this is what fits into the gate.
const [main, cancelled] = await Promise.all([play(mainScenario), play(cancelScenario)]);
const atOnce = limited(4);
/** The wait for a free place counts. */
const timeoutMs = 600_000;

test("a run that nobody interrupts has no fault, and makes each call once", () => {
  expect(findFaults(mainScenario, main, main)).toEqual([]);
  expect(main.summary).toMatchObject({ phase: "EXECUTION_COMPLETED", turns: 3, toolCalls: 5 });
  expect(main.requests).toEqual([2, 1, 1]);
  expect([...main.calls.values()]).toEqual([1, 1, 1, 1, 1]);
  expect(main.log.length).toBeGreaterThan(10);
});

test("a run that is cancelled in the middle of a tool ends as cancelled", () => {
  expect(cancelled.summary).toMatchObject({ phase: "EXECUTION_CANCELLED", turns: 2, toolCalls: 2 });
  expect(cancelled.calls).toEqual(
    new Map([
      ["a", 1],
      ["b", 1],
    ]),
  );
});

describe("the end is the same, and nothing recorded is done again, when it kills", () => {
  const points = [
    ...killPoints(main, "runner"),
    ...killPoints(main, "daemon"),
    ...everyFifth(killPoints(main, "both")),
  ];
  test.concurrent.each(named(points.map((kill) => [kill])))(
    "$name",
    async ({ kills }) => {
      const played = await atOnce(() => play(mainScenario, { kills }));
      expect(findFaults(mainScenario, main, played)).toEqual([]);
    },
    timeoutMs,
  );
});

describe("also when it kills the run that goes on", () => {
  const victims = ["runner", "daemon", "both"] as const;
  // Not at the last points: there the run that goes on has nothing left to append.
  const points = victims.flatMap((victim, place) =>
    everyFifth(killPoints(main, victim).slice(place, -4)).map((kill, index): Kill[] => [
      kill,
      { at: { append: 1 + (index % 2) }, moment: index % 3 === 0 ? "after" : "before", victim },
    ]),
  );
  test.concurrent.each(named(points))(
    "$name",
    async ({ kills }) => {
      const played = await atOnce(() => play(mainScenario, { kills }));
      expect(findFaults(mainScenario, main, played)).toEqual([]);
    },
    timeoutMs,
  );
});

describe("a cancelled run ends as cancelled when it kills", () => {
  const points = [
    ...killPoints(cancelled, "runner").slice(-6),
    ...killPoints(cancelled, "daemon").slice(-4),
  ];
  test.concurrent.each(named(points.map((kill) => [kill])))(
    "$name",
    async ({ kills }) => {
      const played = await atOnce(() => play(cancelScenario, { kills }));
      expect(findFaults(cancelScenario, cancelled, played)).toEqual([]);
    },
    timeoutMs,
  );
});

function named(points: readonly (readonly Kill[])[]): { name: string; kills: readonly Kill[] }[] {
  return points.map((kills) => ({ name: `the ${describeKills(kills)}`, kills }));
}

function everyFifth<Item>(items: readonly Item[]): Item[] {
  return items.filter((_, index) => index % 5 === 2);
}
