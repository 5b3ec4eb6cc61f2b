import { describe, expect, test } from "bun:test";
import type { LocalContext } from "./local-context.ts";
import { OrderViolation, Suspended } from "./release.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { never, openContext, retry, thrownBy } from "./testing/open-context.ts";

const startOfTime = 1_700_000_000_000;

describe("a wait", () => {
  test("of less than a second keeps the runner", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
    const until = Date.now() + 30;
    await context.sleepUntil("pause", until);
    expect(Date.now()).toBeGreaterThanOrEqual(until);
    await context.flush();
    await openContext(journal.reopened(), { clock: () => 0 }).sleepUntil("pause", until);
  });

  test("of more suspends, and goes on when it is due", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal, { clock: () => startOfTime });
    const until = startOfTime + 60_000;
    const suspended = await thrownBy(context.sleepUntil("pause", until));
    expect(suspended).toBeInstanceOf(Suspended);
    await context.suspend((suspended as Suspended).suspension);
    expect(journal.batches.at(-1)?.release).toEqual({ kind: "suspend", wakeAtMs: until });
    await openContext(journal.reopened(), { clock: () => until }).sleepUntil("pause", until);
  });

  test("for an event suspends until it is there, and consumes it once", async () => {
    const journal = new MemoryJournal<string>();
    const deadlineMs = startOfTime + 60_000;
    const clock = (): number => startOfTime;
    const waiting = openContext(journal, { clock });
    const suspended = await thrownBy(waiting.event("key", "credential/openai", deadlineMs));
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
    const context = openContext(woken, { clock, signals });
    expect(await context.event("key", "credential/openai", deadlineMs)).toEqual({ key: true });
    await context.flush();
    expect(woken.batches.map(({ consumedSignals }) => consumedSignals)).toEqual([["7"]]);

    const replayed = openContext(woken.reopened(), { clock });
    expect(await replayed.event("key", "credential/openai", deadlineMs)).toEqual({ key: true });
  });

  test("for an event ends with nothing at its deadline, in a replay too", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal, { clock: () => startOfTime });
    expect(await context.event("key", "topic", startOfTime)).toBeUndefined();
    await context.flush();
    const signals = [{ id: "1", topic: "topic", payload: "too late" }];
    const replayed = openContext(journal.reopened(), { clock: () => startOfTime, signals });
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
    const first = openContext(journal, { clock: () => (time += 1_000) });
    const seen = facts(first);
    await first.flush();
    expect(facts(openContext(journal.reopened(), { clock: () => (time += 1_000) }))).toEqual(seen);
    expect(new Set(seen).size).toBe(4);
    expect(seen[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("has ids of its own execution", () => {
    const ids = ["aex-1", "aex-2"].map((executionId) =>
      openContext(new MemoryJournal(), { executionId }).uuid("message"),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("reports what is new only", async () => {
    const journal = new MemoryJournal<string>();
    const first = openContext(journal);
    first.report("one");
    await first.flush();
    const resumed = journal.reopened();
    const second = openContext(resumed);
    second.report("one");
    second.report("two");
    await second.flush();
    expect(resumed.batches.flatMap(({ updates }) => [...updates.values()])).toEqual(["two"]);
  });

  test("that takes another way than the record is stopped", async () => {
    const journal = new MemoryJournal<string>();
    const first = openContext(journal);
    await first.step("model", async () => 1, retry);
    await first.flush();
    const thrown = await thrownBy(openContext(journal.reopened()).step("tool", never, retry));
    expect(thrown).toBeInstanceOf(OrderViolation);
    expect((thrown as Error).message).toContain("model#1 where the code asks for tool#1");
  });
});
