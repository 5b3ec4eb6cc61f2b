import { describe, expect, test } from "bun:test";
import { type EffectScope, ExecutionFailure, type StepOptions } from "./durable-context.ts";
import { LocalContext, type LocalContextOptions } from "./local-context.ts";
import { Drained, LeaseLost, OrderViolation, Suspended } from "./release.ts";
import { MemoryJournal } from "./testing/memory-journal.ts";

const retry: StepOptions = { timeoutMs: 10_000, onUnknown: "retry" };
const failing: StepOptions = { timeoutMs: 10_000, onUnknown: "fail" };
const startOfTime = 1_700_000_000_000;

function open(
  journal: MemoryJournal<string>,
  options: Partial<LocalContextOptions<string>> = {},
): LocalContext<string> {
  return new LocalContext({
    executionId: "aex-1",
    recorded: journal.rows,
    signals: [],
    sink: journal,
    updateName: () => "update",
    clock: Date.now,
    ...options,
  });
}

/** The journal after a runner died while the effect of its first step was running. */
async function diedWithin(name: string): Promise<MemoryJournal<string>> {
  const journal = new MemoryJournal<string>();
  const started = Promise.withResolvers<void>();
  const context = open(journal);
  const step = context.step(name, () => (started.resolve(), new Promise<never>(() => {})), retry);
  await started.promise;
  context.loseLease("its runner died");
  await step.catch(() => {});
  return journal.reopened();
}

function never(): Promise<unknown> {
  throw new Error("the effect ran again");
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

describe("a step", () => {
  test("is answered from the record once it is done", async () => {
    const journal = new MemoryJournal<string>();
    const first = open(journal);
    expect(await first.step("model", async () => ({ text: "hello" }), retry)).toEqual({
      text: "hello",
    });
    await first.flush();
    expect(await open(journal.reopened()).step("model", never, retry)).toEqual({ text: "hello" });
  });

  test("fails from the record with the code, hint and details it failed with", async () => {
    const journal = new MemoryJournal<string>();
    const failure = { code: "quota", message: "used up", hint: "pay", details: { limit: 3 } };
    const context = open(journal);
    const effect = (): Promise<string> => Promise.reject(new ExecutionFailure(failure));
    expect(await failureOf(context.step("model", effect, retry))).toMatchObject(failure);
    await context.flush();
    expect(await failureOf(open(journal.reopened()).step("model", never, retry))).toMatchObject(
      failure,
    );
  });

  test("whose outcome is unknown runs again when that is safe, and knows it", async () => {
    const journal = await diedWithin("model");
    const attempts: number[] = [];
    const effect = async ({ attempt }: EffectScope): Promise<string> => {
      attempts.push(attempt);
      return "second";
    };
    expect(await open(journal).step("model", effect, retry)).toBe("second");
    expect(attempts).toEqual([2]);
  });

  test("whose outcome is unknown is not repeated when that is not safe", async () => {
    const journal = await diedWithin("tool");
    const context = open(journal);
    expect(await failureOf(context.step("tool", never, failing))).toMatchObject({
      code: "outcome-unknown",
    });
    await context.flush();
    expect(await failureOf(open(journal.reopened()).step("tool", never, failing))).toMatchObject({
      code: "outcome-unknown",
    });
  });

  test("is recorded as started before its effect runs", async () => {
    const journal = new MemoryJournal<string>();
    const seen: string[][] = [];
    await open(journal).step("tool", async () => seen.push(journal.keysOf("started")), retry);
    expect(seen).toEqual([["tool#1"]]);
  });

  test("ends with a timeout although its effect ignores the signal", async () => {
    const context = open(new MemoryJournal());
    const step = context.step("slow", () => new Promise<never>(() => {}), {
      timeoutMs: 20,
      onUnknown: "retry",
    });
    expect(await failureOf(step)).toMatchObject({ code: "timeout" });
  });

  test("of a chain shares its append with the end of the one before", async () => {
    const journal = new MemoryJournal<string>();
    const context = open(journal);
    for (let index = 0; index < 20; index++) await context.step("link", async () => index, retry);
    await context.end();
    expect(journal.batches.length).toBe(21);
    expect(journal.batches.at(-1)?.release).toEqual({ kind: "end" });
  });
});

describe("several effects at once", () => {
  test("give results in their own order, however they end", async () => {
    const settled = await open(new MemoryJournal()).all(
      "tool",
      [30, 0, 15].map((ms) => ({
        onUnknown: "retry",
        run: async () => {
          await Bun.sleep(ms);
          if (ms === 0) throw new Error("no");
          return ms;
        },
      })),
      { concurrency: 3, timeoutMs: 10_000 },
    );
    expect(settled).toEqual([
      { kind: "completed", value: 30 },
      { kind: "failed", error: { code: "internal", message: "no" } },
      { kind: "completed", value: 15 },
    ]);
  });

  test("never run more than allowed, and do run that many", async () => {
    let running = 0;
    let most = 0;
    const run = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await Bun.sleep(2);
      running -= 1;
    };
    const effects = Array.from({ length: 9 }, () => ({ onUnknown: "retry" as const, run }));
    await open(new MemoryJournal()).all("tool", effects, { concurrency: 3, timeoutMs: 10_000 });
    expect(most).toBe(3);
  });

  test("run again only where the record has no end", async () => {
    const journal = new MemoryJournal<string>();
    const context = open(journal);
    const firstDone = Promise.withResolvers<void>();
    const hanging = new Promise<never>(() => {});
    const work = context.all<unknown>(
      "tool",
      [
        { onUnknown: "fail", run: async () => (firstDone.resolve(), "kept") },
        { onUnknown: "fail", run: () => hanging },
        { onUnknown: "retry", run: () => hanging },
      ],
      { concurrency: 3, timeoutMs: 10_000 },
    );
    await firstDone.promise;
    await Bun.sleep(0);
    await context.flush();
    context.loseLease("its runner died");
    await failureOf(work);
    const settled = await open(journal.reopened()).all<unknown>(
      "tool",
      [
        { onUnknown: "fail", run: never },
        { onUnknown: "fail", run: never },
        { onUnknown: "retry", run: async () => "again" },
      ],
      { concurrency: 3, timeoutMs: 10_000 },
    );
    expect(settled).toMatchObject([
      { kind: "completed", value: "kept" },
      { kind: "failed", error: { code: "outcome-unknown" } },
      { kind: "completed", value: "again" },
    ]);
  });

  test("may be none, in a resume too", async () => {
    const program = async (context: LocalContext<string>): Promise<unknown> => {
      await context.step("before", async () => 1, retry);
      const none = await context.all("tool", [], { concurrency: 4, timeoutMs: 1_000 });
      return [none, await context.step("after", async () => 2, retry)];
    };
    const journal = new MemoryJournal<string>();
    const first = open(journal);
    expect(await program(first)).toEqual([[], 2]);
    await first.flush();
    expect(await program(open(journal.reopened()))).toEqual([[], 2]);
  });
});

describe("a cancel", () => {
  /** Two calls, of which one ends; then one more step. */
  async function program(
    context: LocalContext<string>,
    hanging: () => Promise<unknown>,
  ): Promise<{ settled: unknown; next: unknown }> {
    const settled = await context.all<unknown>(
      "tool",
      [
        { onUnknown: "fail", run: async () => "done" },
        { onUnknown: "fail", run: hanging },
        { onUnknown: "fail", run: never },
      ],
      { concurrency: 2, timeoutMs: 10_000 },
    );
    return { settled, next: await failureOf(context.step("model", never, retry)) };
  }

  test("is the result of what ran and is thrown by the next operation", async () => {
    const journal = new MemoryJournal<string>();
    const context = open(journal);
    const hanging = (): Promise<never> => (context.cancel("enough"), new Promise(() => {}));
    const ended = await program(context, hanging);
    expect(ended.settled).toMatchObject([
      { kind: "completed", value: "done" },
      { kind: "failed", error: { code: "cancelled", message: "enough" } },
      { kind: "failed", error: { code: "cancelled", message: "enough" } },
    ]);
    expect(ended.next).toMatchObject({ code: "cancelled", message: "enough" });
    await context.flush();
    const replayed = await program(open(journal.reopened()), never);
    expect(replayed.settled).toEqual(ended.settled);
    expect(replayed.next).toMatchObject({ code: "cancelled", message: "enough" });
  });

  test("ends a sleep at once", async () => {
    const context = open(new MemoryJournal());
    const asleep = failureOf(context.sleepUntil("pause", Date.now() + 900));
    const startedAt = performance.now();
    context.cancel("enough");
    expect(await asleep).toMatchObject({ code: "cancelled" });
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test("keeps its first reason", async () => {
    const context = open(new MemoryJournal());
    context.cancel("first");
    context.cancel("second");
    expect(await failureOf(context.step("model", never, retry))).toMatchObject({
      message: "first",
    });
  });
});

describe("a wait", () => {
  test("of less than a second keeps the runner", async () => {
    const journal = new MemoryJournal<string>();
    const context = open(journal);
    const until = Date.now() + 30;
    await context.sleepUntil("pause", until);
    expect(Date.now()).toBeGreaterThanOrEqual(until);
    await context.flush();
    await open(journal.reopened(), { clock: () => 0 }).sleepUntil("pause", until);
  });

  test("of more suspends, and goes on when it is due", async () => {
    const journal = new MemoryJournal<string>();
    const context = open(journal, { clock: () => startOfTime });
    const until = startOfTime + 60_000;
    const suspended = await failureOf(context.sleepUntil("pause", until));
    expect(suspended).toBeInstanceOf(Suspended);
    await context.suspend((suspended as Suspended).suspension);
    expect(journal.batches.at(-1)?.release).toEqual({ kind: "suspend", wakeAtMs: until });
    await open(journal.reopened(), { clock: () => until }).sleepUntil("pause", until);
  });

  test("for an event suspends until it is there, and consumes it once", async () => {
    const journal = new MemoryJournal<string>();
    const deadlineMs = startOfTime + 60_000;
    const clock = (): number => startOfTime;
    const waiting = open(journal, { clock });
    const suspended = await failureOf(waiting.event("key", "credential/openai", deadlineMs));
    expect((suspended as Suspended).suspension).toEqual({
      topic: "credential/openai",
      wakeAtMs: deadlineMs,
    });
    await waiting.suspend((suspended as Suspended).suspension);

    const signals = [
      { id: "6", topic: "credential/anthropic", payload: "not this" },
      { id: "7", topic: "credential/openai", payload: { key: true } },
      { id: "8", topic: "credential/openai", payload: "for the next wait" },
    ];
    const woken = journal.reopened();
    const context = open(woken, { clock, signals });
    expect(await context.event("key", "credential/openai", deadlineMs)).toEqual({ key: true });
    await context.flush();
    expect(woken.batches.map(({ consumedSignals }) => consumedSignals)).toEqual([["7"]]);

    const replayed = open(woken.reopened(), { clock });
    expect(await replayed.event("key", "credential/openai", deadlineMs)).toEqual({ key: true });
  });

  test("for an event ends with nothing at its deadline, in a replay too", async () => {
    const journal = new MemoryJournal<string>();
    const context = open(journal, { clock: () => startOfTime });
    expect(await context.event("key", "topic", startOfTime)).toBeUndefined();
    await context.flush();
    const signals = [{ id: "1", topic: "topic", payload: "too late" }];
    const replayed = open(journal.reopened(), { clock: () => startOfTime, signals });
    expect(await replayed.event("key", "topic", startOfTime)).toBeUndefined();
  });
});

describe("a replay", () => {
  test("sees the same times and ids", async () => {
    const journal = new MemoryJournal<string>();
    let time = startOfTime;
    const facts = (context: LocalContext<string>): unknown[] => [
      context.now(),
      context.uuid("message"),
      context.now(),
      context.uuid("message"),
    ];
    const first = open(journal, { clock: () => (time += 1_000) });
    const seen = facts(first);
    await first.flush();
    expect(facts(open(journal.reopened(), { clock: () => (time += 1_000) }))).toEqual(seen);
    expect(new Set(seen).size).toBe(4);
    expect(seen[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("has ids of its own execution", () => {
    const ids = ["aex-1", "aex-2"].map((executionId) =>
      open(new MemoryJournal(), { executionId }).uuid("message"),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("reports what is new only", async () => {
    const journal = new MemoryJournal<string>();
    const first = open(journal);
    first.report("one");
    await first.flush();
    const resumed = journal.reopened();
    const second = open(resumed);
    second.report("one");
    second.report("two");
    await second.flush();
    expect(resumed.batches.flatMap(({ updates }) => [...updates.values()])).toEqual(["two"]);
  });

  test("that takes another way than the record is stopped", async () => {
    const journal = new MemoryJournal<string>();
    const first = open(journal);
    await first.step("model", async () => 1, retry);
    await first.flush();
    const thrown = await failureOf(open(journal.reopened()).step("tool", never, retry));
    expect(thrown).toBeInstanceOf(OrderViolation);
    expect((thrown as Error).message).toContain("model#1 where the code asks for tool#1");
  });
});

describe("a runner that", () => {
  test("lost its lease aborts what runs and writes nothing more", async () => {
    const journal = new MemoryJournal<string>();
    const context = open(journal);
    const aborted = Promise.withResolvers<unknown>();
    const step = context.step(
      "tool",
      ({ signal }) => {
        signal.addEventListener("abort", () => aborted.resolve(signal.reason));
        queueMicrotask(() => context.loseLease("another has it"));
        return new Promise<never>(() => {});
      },
      retry,
    );
    expect(await failureOf(step)).toBeInstanceOf(LeaseLost);
    expect(await aborted.promise).toBeInstanceOf(LeaseLost);
    expect(await failureOf(context.step("next", never, retry))).toBeInstanceOf(LeaseLost);
    expect(() => context.now()).toThrow(LeaseLost);
    context.report("nobody wants it");
    await context.flush();
    expect(journal.rows.map(({ type, key }) => `${type} ${key}`)).toEqual(["started tool#1"]);
  });

  test("is refused an append throws it where the code stands", async () => {
    const journal = new MemoryJournal<string>(1);
    const context = open(journal);
    await context.step("first", async () => 1, retry);
    expect(await failureOf(context.step("second", never, retry))).toBeInstanceOf(LeaseLost);
  });

  test("drains lets an effect end, records it, and starts no other", async () => {
    const journal = new MemoryJournal<string>();
    const context = open(journal);
    const step = context.step("tool", async () => (context.drain(), "ended"), failing);
    expect(await step).toBe("ended");
    expect(await failureOf(context.step("next", never, retry))).toBeInstanceOf(Drained);
    await context.flush();
    expect(journal.keysOf("done")).toEqual(["tool#1"]);
    expect(journal.keysOf("started")).toEqual(["tool#1"]);
  });

  test("drains runs what it has recorded as started", async () => {
    const journal = new MemoryJournal<string>();
    const context = open(journal);
    const step = context.step("tool", async () => "ran", failing);
    context.drain();
    expect(await step).toBe("ran");
  });
});
