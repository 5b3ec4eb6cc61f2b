import { describe, expect, test } from "bun:test";
import type { DurableContext, EffectScope } from "./durable-context.ts";
import { BranchCancelled, type LeaseLost, OrderViolation, Suspended } from "./release.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { never, openContext, retry, thrownBy } from "./testing/open-context.ts";

const startOfTime = 1_700_000_000_000;
type Context = DurableContext<string>;

/** An effect that ends only when it is aborted. */
function untilAborted({ signal }: EffectScope): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function suspensionOf(work: Promise<unknown>): Promise<unknown> {
  const thrown = await thrownBy(work);
  expect(thrown).toBeInstanceOf(Suspended);
  return (thrown as Suspended).suspension;
}

describe("a scope", () => {
  test("that has ended is never entered again", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
    const first = await context.scope("part", (inner) =>
      inner.step("call", async ({ key }) => key, retry),
    );
    expect(first).toBe("part#1/call#1");
    await context.flush();
    const resumed = openContext(journal.reopened());
    expect(await resumed.scope("part", never)).toBe(first);
  });

  test("that failed fails again", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
    const failing = (inner: Context): Promise<unknown> =>
      inner.step("call", () => Promise.reject(new Error("no")), retry);
    const failure = await thrownBy(context.scope("part", failing));
    await context.flush();
    const again = await thrownBy(openContext(journal.reopened()).scope("part", never));
    expect(again).toMatchObject({ message: (failure as Error).message });
  });

  test("that is resumed goes on where it was interrupted", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal, { clock: () => startOfTime });
    const program = async (inner: Context): Promise<string[]> => {
      const before = await inner.step("call", async ({ key }) => key, retry);
      await inner.sleepUntil("pause", startOfTime + 60_000);
      return [before, await inner.step("call", async ({ key }) => key, retry)];
    };
    await context.suspend((await suspensionOf(context.scope("part", program))) as object);
    const resumed = openContext(journal.reopened(), { clock: () => startOfTime + 60_000 });
    expect(await resumed.scope("part", program)).toEqual(["part#1/call#1", "part#1/call#2"]);
    expect(journal.keysOf("started").filter((key) => key === "part#1/call#1")).toHaveLength(1);
  });

  test("that asks for something else than what is recorded below it is a defect", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal, { clock: () => startOfTime });
    await thrownBy(
      context.scope("part", (inner) => inner.sleepUntil("pause", startOfTime + 9_999)),
    );
    await context.flush();
    const other = openContext(journal.reopened()).scope("part", (inner) => inner.event("e", "t"));
    expect(await thrownBy(other)).toBeInstanceOf(OrderViolation);
  });
});

describe("a loop", () => {
  const turns = 500;
  const count = async (context: Context, stopAt: number): Promise<number> =>
    await context.loop("count", 0, async (inner, state, index) => {
      if (index === stopAt) await inner.sleepUntil("pause", startOfTime + 60_000);
      const next = state + (await inner.step("add", async () => 1, retry));
      return { state: next, isLast: next === turns };
    });

  test("goes on at its last turn, and what it reads for that does not grow with the turns", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal, { clock: () => startOfTime });
    await context.suspend((await suspensionOf(count(context, turns - 10))) as object);
    expect(journal.rows.length).toBeGreaterThan(2 * (turns - 10));
    expect(journal.live.length).toBeLessThan(10);
    const resumed = journal.reopened();
    const next = openContext(resumed, { clock: () => startOfTime + 60_000 });
    expect(await count(next, turns - 10)).toBe(turns);
    await next.flush();
    expect(resumed.keysOf("done").filter((key) => key.endsWith("add#1"))).toHaveLength(turns);
    expect(resumed.live.length).toBeLessThan(10);
    expect(await count(openContext(resumed.reopened()), -1)).toBe(turns);
  });
});

describe("a fork", () => {
  test("gives the outcomes of all branches in their order", async () => {
    const context = openContext(new MemoryJournal());
    const branches = [
      { run: async (inner: Context) => await inner.step("call", async ({ key }) => key, retry) },
      {
        run: (inner: Context): Promise<string> =>
          inner.step("call", () => Promise.reject(new Error("no")), retry),
      },
    ];
    const { outcomes } = await context.fork("both", branches, { mode: "all", concurrency: 2 });
    expect(outcomes).toMatchObject([
      { kind: "completed", value: "both#1[0]/call#1" },
      { kind: "failed", error: { message: "no" } },
    ]);
  });

  test("that is a race cancels the losers, and a resume does not start them again", async () => {
    const journal = new MemoryJournal<string>();
    let aborted: unknown;
    const race = (context: Context, slow: (scope: EffectScope) => Promise<unknown>) =>
      context.fork<unknown>(
        "race",
        [
          { run: (inner) => inner.step("slow", slow, retry) },
          { run: (inner) => inner.step("fast", async () => "won", retry) },
        ],
        { mode: "any", concurrency: 2 },
      );
    const context = openContext(journal);
    const outcome = await race(context, (scope) =>
      untilAborted(scope).catch((thrown: unknown) => {
        aborted = thrown;
        throw thrown;
      }),
    );
    expect(outcome).toEqual({ winner: 1, outcomes: [null, { kind: "completed", value: "won" }] });
    expect(aborted).toBeDefined();
    await context.flush();
    expect(journal.keysOf("cancelled")).toEqual([]);
    expect(await race(openContext(journal.reopened()), never)).toEqual(outcome);
    // As if the runner had died between the win and the end of the race.
    const early = new MemoryJournal<string>();
    early.rows.push(...journal.rows.filter(({ key, type }) => key !== "race#1" || type !== "done"));
    expect(await race(openContext(early.reopened()), never)).toEqual(outcome);
  });

  test("in which no branch succeeds has no winner", async () => {
    const failing = (inner: Context): Promise<unknown> =>
      inner.step("call", () => Promise.reject(new Error("no")), retry);
    const outcome = await openContext(new MemoryJournal()).fork(
      "race",
      [{ run: failing }, { run: failing }],
      { mode: "any", concurrency: 2 },
    );
    expect(outcome.winner).toBeUndefined();
    expect(outcome.outcomes.map((each) => each?.kind)).toEqual(["failed", "failed"]);
  });

  test("whose branches all wait is suspended until the first of them goes on", async () => {
    const context = openContext(new MemoryJournal(), { clock: () => startOfTime });
    const waits = [60_000, 20_000, 90_000].map((ms) => ({
      run: (inner: Context) => inner.sleepUntil("pause", startOfTime + ms),
    }));
    const suspension = suspensionOf(context.fork("waits", waits, { mode: "all", concurrency: 3 }));
    expect(await suspension).toEqual({ wakeAtMs: startOfTime + 20_000 });
  });

  test("that waits for several events is woken by any", async () => {
    const context = openContext(new MemoryJournal(), { clock: () => startOfTime });
    const waits = ["one", "other"].map((topic) => ({
      run: (inner: Context) => inner.event("answer", topic),
    }));
    const suspension = suspensionOf(context.fork("waits", waits, { mode: "all", concurrency: 2 }));
    expect(await suspension).toEqual({ topic: "*" });
  });

  test("with fewer at a time than branches waits for the one that is due first", async () => {
    const context = openContext(new MemoryJournal(), { clock: () => startOfTime });
    const waits = [60_000, 20_000].map((ms) => ({
      run: (inner: Context) => inner.sleepUntil("pause", startOfTime + ms),
    }));
    const one = { run: (inner: Context) => inner.step("call", async () => null, retry) };
    const all = { mode: "all", concurrency: 2 } as const;
    const suspension = suspensionOf(
      context.fork<unknown>("waits", [waits[0]!, one, waits[1]!], all),
    );
    expect(await suspension).toEqual({ wakeAtMs: startOfTime + 20_000 });
  });

  test("with a branch that works keeps the others, and hands them what comes", async () => {
    const context = openContext(new MemoryJournal(), { clock: () => startOfTime });
    const gate = Promise.withResolvers<void>();
    const fork = context.fork<unknown>(
      "both",
      [
        { run: (inner) => inner.step("work", () => gate.promise, retry) },
        {
          run: async (inner) => {
            const answer = await inner.event("answer", "approval");
            gate.resolve();
            return answer;
          },
        },
      ],
      { mode: "all", concurrency: 2 },
    );
    await context.flush();
    context.deliver({ id: "1", topic: "approval", payload: "yes" });
    const { outcomes } = await fork;
    expect(outcomes[1]).toEqual({ kind: "completed", value: "yes" });
  });

  test("is cancelled with its execution", async () => {
    const context = openContext(new MemoryJournal());
    const fork = context.fork<unknown>(
      "both",
      [{ run: (inner) => inner.step("hang", untilAborted, retry) }],
      { mode: "all", concurrency: 1 },
    );
    await context.flush();
    context.cancel("enough");
    const after = fork.then(() => context.step("next", never, retry));
    expect(await thrownBy(after)).toMatchObject({ code: "cancelled", message: "enough" });
  });
});

describe("a time limit", () => {
  test("ends an effect that runs, once and for all", async () => {
    const journal = new MemoryJournal<string>();
    const context = openContext(journal);
    const limited = context.timeLimit("limit", Date.now() + 20, (inner) =>
      inner.step("hang", untilAborted, retry),
    );
    expect(await thrownBy(limited)).toMatchObject({ code: "timeout" });
    await context.flush();
    const resumed = openContext(journal.reopened()).timeLimit("limit", 0, never);
    expect(await thrownBy(resumed)).toMatchObject({ code: "timeout" });
  });

  test("wakes a wait below it", async () => {
    const journal = new MemoryJournal<string>();
    const limit = startOfTime + 5_000;
    const waiting = (context: Context) =>
      context.timeLimit("limit", limit, (inner) => inner.sleepUntil("pause", startOfTime + 60_000));
    const context = openContext(journal, { clock: () => startOfTime });
    const suspension = await suspensionOf(waiting(context));
    expect(suspension).toEqual({ wakeAtMs: limit });
    await context.suspend(suspension as object);
    const resumed = openContext(journal.reopened(), { clock: () => limit });
    expect(await thrownBy(waiting(resumed))).toMatchObject({ code: "timeout" });
  });

  test("lets what waited below it put things in order, although the execution was suspended", async () => {
    const journal = new MemoryJournal<string>();
    const limit = startOfTime + 5_000;
    const undone: string[] = [];
    const program = (context: Context) =>
      context.timeLimit("limit", limit, async (inner) => {
        await inner.scope("within", async (deep) => {
          const ended = await thrownBy(deep.sleepUntil("pause", startOfTime + 60_000));
          if (ended instanceof BranchCancelled) {
            await deep.shield("cleanup", (masked) =>
              masked.step("undo", async () => undone.push("undone"), retry),
            );
          }
          throw ended;
        });
      });
    const context = openContext(journal, { clock: () => startOfTime });
    await context.suspend((await suspensionOf(program(context))) as object);
    const resumed = openContext(journal.reopened(), { clock: () => limit });
    expect(await thrownBy(program(resumed))).toMatchObject({ code: "timeout" });
    expect(undone).toEqual(["undone"]);
  });

  test("leaves what ends before it alone", async () => {
    const context = openContext(new MemoryJournal());
    const limited = context.timeLimit("limit", Date.now() + 60_000, async () => "done");
    expect(await limited).toBe("done");
  });
});

describe("a shield", () => {
  test("lets a cancelled execution put things in order", async () => {
    const journal = new MemoryJournal<string>();
    const program = async (context: Context): Promise<unknown> => {
      const failure = await thrownBy(context.step("hang", untilAborted, retry));
      const cleaned = await context.shield("cleanup", (inner) =>
        inner.step("undo", async () => "undone", retry),
      );
      return [(failure as LeaseLost).message, cleaned];
    };
    const context = openContext(journal);
    const running = program(context);
    await context.flush();
    context.cancel("enough");
    expect(await running).toEqual(["enough", "undone"]);
    expect(await thrownBy(context.step("next", never, retry))).toMatchObject({ code: "cancelled" });
    await context.flush();
    const replayed = openContext(journal.reopened());
    replayed.cancel("enough");
    expect(await program(replayed)).toEqual(["enough", "undone"]);
    expect(journal.keysOf("started").filter((key) => key.endsWith("undo#1"))).toHaveLength(1);
  });
});
