import { describe, expect, test } from "bun:test";
import type { LocalContext } from "./local-context.ts";
import { Drained, LeaseLost } from "./release.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { failing, never, openContext, retry, thrownBy } from "./testing/open-context.ts";

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
    return { settled, next: await thrownBy(context.step("model", never, retry)) };
  }

  test("is the result of what ran and is thrown by the next operation", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
    const hanging = (): Promise<never> => (context.cancel("enough"), new Promise(() => {}));
    const ended = await program(context, hanging);
    expect(ended.settled).toMatchObject([
      { kind: "completed", value: "done" },
      { kind: "failed", error: { code: "cancelled", message: "enough" } },
      { kind: "failed", error: { code: "cancelled", message: "enough" } },
    ]);
    expect(ended.next).toMatchObject({ code: "cancelled", message: "enough" });
    await context.flush();
    const replayed = await program(openContext(journal.reopened()), never);
    expect(replayed.settled).toEqual(ended.settled);
    expect(replayed.next).toMatchObject({ code: "cancelled", message: "enough" });
  });

  test("ends a sleep at once", async () => {
    const context = openContext(new MemoryJournal());
    const asleep = thrownBy(context.sleepUntil("pause", Date.now() + 900));
    const startedAt = performance.now();
    context.cancel("enough");
    expect(await asleep).toMatchObject({ code: "cancelled" });
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test("keeps its first reason", async () => {
    const context = openContext(new MemoryJournal());
    context.cancel("first");
    context.cancel("second");
    expect(await thrownBy(context.step("model", never, retry))).toMatchObject({
      message: "first",
    });
  });
});

describe("a runner that", () => {
  test("lost its lease aborts what runs and writes nothing more", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
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
    expect(await thrownBy(step)).toBeInstanceOf(LeaseLost);
    expect(await aborted.promise).toBeInstanceOf(LeaseLost);
    expect(await thrownBy(context.step("next", never, retry))).toBeInstanceOf(LeaseLost);
    expect(() => context.now()).toThrow(LeaseLost);
    context.report("nobody wants it");
    await context.flush();
    expect(journal.rows.map(({ type, key }) => `${type} ${key}`)).toEqual(["started tool#1"]);
  });

  test("is refused an append throws it where the code stands", async () => {
    const journal = new MemoryJournal<string>(1);
    const context = openContext(journal);
    await context.step("first", async () => 1, retry);
    expect(await thrownBy(context.step("second", never, retry))).toBeInstanceOf(LeaseLost);
  });

  test("drains lets an effect end, records it, and starts no other", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
    const step = context.step("tool", async () => (context.drain(), "ended"), failing);
    expect(await step).toBe("ended");
    expect(await thrownBy(context.step("next", never, retry))).toBeInstanceOf(Drained);
    await context.flush();
    expect(journal.keysOf("done")).toEqual(["tool#1"]);
    expect(journal.keysOf("started")).toEqual(["tool#1"]);
  });

  test("drains runs what it has recorded as started", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
    const step = context.step("tool", async () => "ran", failing);
    context.drain();
    expect(await step).toBe("ran");
  });
});
