import { describe, expect, test } from "bun:test";
import { type EffectScope, ExecutionFailure } from "./durable-context.ts";
import type { LocalContext } from "./local-context.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { failing, never, openContext, retry, thrownBy } from "./testing/open-context.ts";

/** The journal after a runner died while the effect of its first step was running. */
async function diedWithin(name: string): Promise<MemoryJournal<string>> {
  const journal = new MemoryJournal<string>();
  const started = Promise.withResolvers<void>();
  const context = openContext(journal);
  const step = context.step(name, () => (started.resolve(), new Promise<never>(() => {})), retry);
  await started.promise;
  context.loseLease("its runner died");
  await step.catch(() => {});
  return journal.reopened();
}

describe("a step", () => {
  test("is answered from the record once it is done", async () => {
    const journal = new MemoryJournal<string>();
    const first = openContext(journal);
    expect(await first.step("model", async () => ({ text: "hello" }), retry)).toEqual({
      text: "hello",
    });
    await first.flush();
    expect(await openContext(journal.reopened()).step("model", never, retry)).toEqual({
      text: "hello",
    });
  });

  test("fails from the record with the code, hint and details it failed with", async () => {
    const journal = new MemoryJournal<string>();
    const failure = { code: "quota", message: "used up", hint: "pay", details: { limit: 3 } };
    const context = openContext(journal);
    const effect = (): Promise<string> => Promise.reject(new ExecutionFailure(failure));
    expect(await thrownBy(context.step("model", effect, retry))).toMatchObject(failure);
    await context.flush();
    expect(
      await thrownBy(openContext(journal.reopened()).step("model", never, retry)),
    ).toMatchObject(failure);
  });

  test("whose outcome is unknown runs again when that is safe, and knows it", async () => {
    const journal = await diedWithin("model");
    const attempts: number[] = [];
    const effect = async ({ attempt }: EffectScope): Promise<string> => {
      attempts.push(attempt);
      return "second";
    };
    expect(await openContext(journal).step("model", effect, retry)).toBe("second");
    expect(attempts).toEqual([2]);
  });

  test("whose outcome is unknown is not repeated when that is not safe", async () => {
    const journal = await diedWithin("tool");
    const context = openContext(journal);
    expect(await thrownBy(context.step("tool", never, failing))).toMatchObject({
      code: "outcome-unknown",
    });
    await context.flush();
    expect(
      await thrownBy(openContext(journal.reopened()).step("tool", never, failing)),
    ).toMatchObject({
      code: "outcome-unknown",
    });
  });

  test("is recorded as started before its effect runs", async () => {
    const journal = new MemoryJournal<string>();
    const seen: string[][] = [];
    await openContext(journal).step(
      "tool",
      async () => seen.push(journal.keysOf("started")),
      retry,
    );
    expect(seen).toEqual([["tool#1"]]);
  });

  test("ends with a timeout although its effect ignores the signal", async () => {
    const context = openContext(new MemoryJournal());
    const step = context.step("slow", () => new Promise<never>(() => {}), {
      timeoutMs: 20,
      onUnknown: "retry",
    });
    expect(await thrownBy(step)).toMatchObject({ code: "timeout" });
  });

  test("of a chain shares its append with the end of the one before", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
    for (let index = 0; index < 20; index++) await context.step("link", async () => index, retry);
    await context.end();
    expect(journal.batches.length).toBe(21);
    expect(journal.batches.at(-1)?.release).toEqual({ kind: "end" });
  });
});

describe("several effects at once", () => {
  test("give results in their own order, however they end", async () => {
    const settled = await openContext(new MemoryJournal()).all(
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
    await openContext(new MemoryJournal()).all("tool", effects, {
      concurrency: 3,
      timeoutMs: 10_000,
    });
    expect(most).toBe(3);
  });

  test("run again only where the record has no end", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
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
    await thrownBy(work);
    const settled = await openContext(journal.reopened()).all<unknown>(
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
    const first = openContext(journal);
    expect(await program(first)).toEqual([[], 2]);
    await first.flush();
    expect(await program(openContext(journal.reopened()))).toEqual([[], 2]);
  });
});
