import { expect, test } from "bun:test";
import { OverlapPolicy } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { Store } from "../../store/store.ts";
import { ScheduleBench, type SpecInit } from "./testing/schedule-bench.ts";

/** Where a daemon dies: before its write number `write` reaches the disk, or right after it has. */
interface KillPoint {
  readonly write: number;
  readonly isStored: boolean;
}

/** Of one life: what it wrote until it died. From then on nothing answers it. */
class Life {
  readonly died = Promise.withResolvers<"died">();
  writes = 0;
  readonly #point: KillPoint | undefined;

  constructor(point?: KillPoint) {
    this.#point = point;
  }

  around(store: Store): Store {
    return {
      ...store,
      write: async (operation, input) => {
        this.writes += 1;
        const isLast = this.writes === this.#point?.write;
        const isDead = this.#point !== undefined && this.writes > this.#point.write;
        if (isDead || (isLast && !this.#point?.isStored)) return await this.#death();
        const output = await store.write(operation, input);
        return isLast ? await this.#death() : output;
      },
    };
  }

  async #death(): Promise<never> {
    this.died.resolve("died");
    return await new Promise<never>(() => {});
  }
}

interface Scenario {
  readonly what: string;
  readonly spec: SpecInit;
  /** Minutes until what is killed looks at the schedule. */
  readonly minutes: readonly number[];
  readonly started: number;
}

const scenarios: readonly Scenario[] = [
  { what: "a start", spec: {}, minutes: [15], started: 1 },
  {
    what: "a start in the place of another",
    spec: { overlap: OverlapPolicy.REPLACE },
    minutes: [15, 15],
    started: 2,
  },
  {
    what: "a start that waits for another",
    spec: { overlap: OverlapPolicy.QUEUE },
    minutes: [15, 15],
    started: 1,
  },
  {
    what: "a start that is made up for",
    spec: { catchUpSeconds: 3_600 },
    minutes: [50],
    started: 1,
  },
];

/** The last look is taken by a daemon that dies, and again by the one after it. */
async function play(scenario: Scenario, point?: KillPoint): Promise<number> {
  await using bench = await ScheduleBench.open();
  const id = await bench.add(scenario.spec);
  for (const minutes of scenario.minutes.slice(0, -1)) await bench.later(id, minutes);
  bench.now += (scenario.minutes.at(-1) ?? 0) * 60_000;
  const life = new Life(point);
  await bench.restart((store) => life.around(store));
  await Promise.race([bench.keeper.attend(id, bench.now), life.died.promise]);
  await bench.restart();
  bench.now += 2_000;
  await bench.endCancelled();
  await bench.keeper.attend(id, bench.now);
  const { status } = bench.schedules.get(id);
  const executions = bench.started;
  expect(executions).toHaveLength(scenario.started);
  expect(Number(status?.starts)).toBe(scenario.started);
  expect(status?.lastExecution).toBe(executions.at(-1)?.metadata?.id ?? "");
  expect(bench.all(ApiResourceKind.SESSION)).toHaveLength(scenario.started);
  expect(status?.failures).toBe(0);
  return life.writes;
}

test.each(scenarios)("$what happens once, wherever the daemon dies", async (scenario) => {
  const writes = await play(scenario);
  expect(writes).toBeGreaterThan(0);
  for (let write = 1; write <= writes; write++) {
    for (const isStored of [false, true]) await play(scenario, { write, isStored });
  }
});
