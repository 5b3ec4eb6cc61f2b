import { expect, test } from "bun:test";
import * as fc from "fast-check";
import type { DurableContext, OnUnknown } from "./durable-context.ts";
import { ExecutionFailure } from "./durable-context.ts";
import { LocalContext } from "./local-context.ts";
import { LeaseLost } from "./release.ts";
import { MemoryJournal } from "./memory-journal.ts";

/** One effect of a program: whether it fails, and how many turns of the loop it takes. */
interface EffectPlan {
  readonly onUnknown: OnUnknown;
  readonly fails: boolean;
  readonly turns: number;
}

type Operation =
  | { readonly kind: "step"; readonly name: string; readonly effect: EffectPlan }
  | {
      readonly kind: "all";
      readonly name: string;
      readonly effects: readonly EffectPlan[];
      readonly concurrency: number;
    }
  | { readonly kind: "sleep" | "report" | "id" | "time" }
  | { readonly kind: "scope" | "shield" | "limit"; readonly inner: readonly Operation[] }
  | { readonly kind: "loop"; readonly turns: number; readonly inner: readonly Operation[] }
  | {
      readonly kind: "fork";
      readonly branches: readonly (readonly Operation[])[];
      readonly concurrency: number;
    };

const name = fc.constantFrom("model", "tool", "open");
const effectPlan = fc.record({
  onUnknown: fc.constantFrom<OnUnknown>("retry", "fail"),
  fails: fc.boolean(),
  turns: fc.nat({ max: 3 }),
});
const plain: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant("step" as const), name, effect: effectPlan }),
  fc.record({
    kind: fc.constant("all" as const),
    name,
    effects: fc.array(effectPlan, { maxLength: 4 }),
    concurrency: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constantFrom("sleep" as const, "report", "id", "time") }),
);
const nested: fc.Arbitrary<Operation> = fc.letrec<{ operation: Operation }>((tie) => {
  const inner = fc.array(tie("operation"), { maxLength: 3 });
  return {
    operation: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      plain,
      fc.record({ kind: fc.constantFrom("scope" as const, "shield", "limit"), inner }),
      fc.record({
        kind: fc.constant("loop" as const),
        turns: fc.integer({ min: 1, max: 3 }),
        inner,
      }),
      fc.record({
        kind: fc.constant("fork" as const),
        branches: fc.array(inner, { minLength: 1, maxLength: 3 }),
        concurrency: fc.integer({ min: 1, max: 3 }),
      }),
    ),
  };
}).operation;
const program = fc.array(nested, { minLength: 1, maxLength: 6 });
/** After how many appends each runner loses the execution. */
const interruptions = fc.array(fc.nat({ max: 6 }), { maxLength: 4 });

/** Plays a program on one context; what it does to the world is counted by key. */
class Player {
  readonly effects = new Map<string, number>();

  async play(
    operations: readonly Operation[],
    context: DurableContext<string>,
  ): Promise<readonly unknown[]> {
    const results: unknown[] = [];
    for (const planned of operations) results.push(await this.#one(planned, context));
    return results;
  }

  async #one(planned: Operation, context: DurableContext<string>): Promise<unknown> {
    switch (planned.kind) {
      case "step": {
        const result = await this.#step(planned.name, planned.effect, context);
        // What the code does next depends on what it was answered.
        const isLong = typeof result === "string" && result.startsWith("tool");
        return isLong ? [result, await this.#step("then", planned.effect, context)] : result;
      }
      case "all": {
        const { effects, concurrency } = planned;
        const all = effects.map((plan) => ({
          onUnknown: plan.onUnknown,
          run: ({ key }: { key: string }) => this.#effect(key, plan),
        }));
        return await context.all(planned.name, all, { concurrency, timeoutMs: 5_000 });
      }
      case "scope":
        return await context.scope("part", (inner) => this.play(planned.inner, inner));
      case "shield":
        return await context.shield("cleanup", (inner) => this.play(planned.inner, inner));
      case "limit": {
        const limited = (inner: DurableContext<string>) => this.play(planned.inner, inner);
        return await context.timeLimit("limited", Date.now() + 60_000, limited);
      }
      case "loop":
        return await context.loop<readonly unknown[]>("turns", [], async (inner, state, index) => ({
          state: [...state, await this.play(planned.inner, inner)],
          isLast: index + 1 === planned.turns,
        }));
      case "fork": {
        const branches = planned.branches.map((branch) => ({
          run: (inner: DurableContext<string>) => this.play(branch, inner),
        }));
        const { concurrency } = planned;
        return await context.fork("branches", branches, { mode: "all", concurrency });
      }
      case "sleep":
        await context.sleepUntil("pause", 0);
        return "slept";
      case "report":
        context.report("something");
        return "reported";
      case "id":
        return context.uuid("id");
      case "time":
        return typeof context.now();
    }
  }

  async #step(
    stepName: string,
    plan: EffectPlan,
    context: DurableContext<string>,
  ): Promise<unknown> {
    const { onUnknown } = plan;
    try {
      return await context.step(stepName, ({ key }) => this.#effect(key, plan), {
        timeoutMs: 5_000,
        onUnknown,
      });
    } catch (thrown) {
      if (!(thrown instanceof ExecutionFailure)) throw thrown;
      return { failed: thrown.code };
    }
  }

  async #effect(key: string, { fails, turns }: EffectPlan): Promise<string> {
    this.effects.set(key, (this.effects.get(key) ?? 0) + 1);
    for (let turn = 0; turn < turns; turn++) await new Promise((done) => setImmediate(done));
    if (fails) throw new ExecutionFailure({ code: `no-${key}`, message: "as planned" });
    return `${key} answered`;
  }
}

interface Played {
  readonly result: readonly unknown[];
  readonly effects: ReadonlyMap<string, number>;
  /** How often each key had started and not ended when its runner lost the execution. */
  readonly unknown: ReadonlyMap<string, number>;
  readonly updates: number;
}

async function run(operations: readonly Operation[], losses: readonly number[]): Promise<Played> {
  const player = new Player();
  const unknown = new Map<string, number>();
  let updates = 0;
  let journal = new MemoryJournal<string>();
  for (const appends of [...losses, Infinity]) {
    journal = journal.reopened(appends);
    const context = new LocalContext<string>({
      executionId: "aex-1",
      recorded: journal.live,
      lastSequence: journal.rows.length,
      signals: [],
      sink: journal,
      updateName: () => "update",
      clock: Date.now,
    });
    const result = await played(player, operations, context);
    updates += journal.batches.reduce((sum, batch) => sum + batch.updates.size, 0);
    if (result) return { result, effects: player.effects, unknown, updates };
    for (const key of inFlight(journal)) unknown.set(key, (unknown.get(key) ?? 0) + 1);
  }
  throw new Error("the last runner keeps its lease");
}

async function played(
  player: Player,
  operations: readonly Operation[],
  context: LocalContext<string>,
): Promise<readonly unknown[] | undefined> {
  try {
    const result = await player.play(operations, context);
    await context.end();
    return result;
  } catch (thrown) {
    if (thrown instanceof LeaseLost) return undefined;
    throw thrown;
  }
}

function inFlight(journal: MemoryJournal<string>): string[] {
  const ended = new Set([...journal.keysOf("done"), ...journal.keysOf("failed")]);
  return [...new Set(journal.keysOf("started"))].filter((key) => !ended.has(key));
}

function withOnUnknown(operations: readonly Operation[], onUnknown: OnUnknown): Operation[] {
  return operations.map((planned): Operation => {
    switch (planned.kind) {
      case "step":
        return { ...planned, effect: { ...planned.effect, onUnknown } };
      case "all":
        return { ...planned, effects: planned.effects.map((plan) => ({ ...plan, onUnknown })) };
      case "fork": {
        const branches = planned.branches.map((branch) => withOnUnknown(branch, onUnknown));
        return { ...planned, branches };
      }
      case "scope":
      case "shield":
      case "limit":
      case "loop":
        return { ...planned, inner: withOnUnknown(planned.inner, onUnknown) };
      default:
        return planned;
    }
  });
}

test("an interrupted program ends as one that was never interrupted", async () => {
  await fc.assert(
    fc.asyncProperty(program, interruptions, async (planned, losses) => {
      const operations = withOnUnknown(planned, "retry");
      const whole = await run(operations, []);
      const broken = await run(operations, losses);
      expect(broken.result).toEqual(whole.result);
      expect(broken.updates).toBe(whole.updates);
      expect([...broken.effects.keys()].toSorted()).toEqual([...whole.effects.keys()].toSorted());
      for (const [key, count] of broken.effects) {
        expect(count).toBeLessThanOrEqual(1 + (broken.unknown.get(key) ?? 0));
      }
    }),
    { numRuns: 150 },
  );
});

test("an effect that must not be repeated runs once at most, however often its runner dies", async () => {
  await fc.assert(
    fc.asyncProperty(program, interruptions, async (operations, losses) => {
      const { effects } = await run(withOnUnknown(operations, "fail"), losses);
      for (const [key, count] of effects) expect(`${key}: ${count}`).toBe(`${key}: 1`);
    }),
    { numRuns: 100 },
  );
});
