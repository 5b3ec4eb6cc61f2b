import { expect, test } from "bun:test";
import type { Store } from "../../store/store.ts";
import { bytes, newAgent, newExecution } from "../../store/testing/samples.ts";
import { TemporaryStore } from "../../store/testing/temporary-store.ts";
import { createLogger } from "../../system/log.ts";
import { collectHistory, type CollectionOptions } from "./collect-history.ts";

const payload = bytes("x".repeat(1_000));

async function addEnded(store: Store, id: string, endedAt: number, entries: number): Promise<void> {
  await store.write("createExecution", newExecution(id, 1));
  await store.write("append", {
    executionId: id,
    fencingToken: null,
    expectedSeq: null,
    at: endedAt,
    entries: Array.from({ length: entries }, () => ({ type: 1, key: "k", at: 1, payload })),
    next: { kind: "end" },
  });
}

/** Executions that ended at 1, 2, 3 …, and what it takes to collect them. */
async function filledWith(store: Store, count: number, entries = 2) {
  const ids = Array.from({ length: count }, (_, index) => `aex-${index + 1}`);
  await Promise.all(ids.map((id, index) => addEnded(store, id, index + 1, entries)));
  const logged: { message: string; executions?: number; bytes?: number }[] = [];
  const sink = { write: (line: string) => void logged.push(JSON.parse(line)) };
  const stopping = new AbortController();
  const { signal } = stopping;
  const log = createLogger({ sink, level: "info" });
  const options: CollectionOptions = { store, log, signal, clock: () => 1_000 };
  return { options, logged, stopping };
}

const unlimited = { executions: 0, ageMs: 0, bytes: 0 };

function leftIn(store: Store): number[] {
  return store.read.collectable(1_000).map(({ endedAt }) => endedAt);
}

test("as many as the limit says stay, the last to end, and the log says what went", async () => {
  await using temporary = await TemporaryStore.open();
  const { options, logged } = await filledWith(temporary.store, 200);
  await collectHistory(options, { ...unlimited, executions: 3 });
  expect(leftIn(temporary.store)).toEqual([198, 199, 200]);
  await collectHistory(options, { ...unlimited, executions: 3 });
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatchObject({ executions: 197, bytes: 197 * 2_000 });
});

test("limits of age and bytes hold too, and without limits everything stays", async () => {
  await using temporary = await TemporaryStore.open();
  const { options, logged } = await filledWith(temporary.store, 20);
  await collectHistory(options, unlimited);
  expect([leftIn(temporary.store).length, logged.length]).toEqual([20, 0]);
  await collectHistory(options, { ...unlimited, ageMs: 990 });
  expect(leftIn(temporary.store)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  await collectHistory(options, { ...unlimited, bytes: 6_000 });
  expect(leftIn(temporary.store)).toEqual([18, 19, 20]);
});

test("a collection ends when it is told to, in the middle", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const { options, stopping } = await filledWith(store, 300);
  using _ = store.onCommitted(() => stopping.abort());
  await collectHistory(options, { ...unlimited, executions: 1 });
  const left = leftIn(store).length;
  expect(left).toBeGreaterThan(200);
  expect(left).toBeLessThan(300);
});

test("others write while history is collected", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  // One of them is thirty transactions long.
  const { options } = await filledWith(store, 100);
  await addEnded(store, "aex-large", 0, 15_000);
  const collecting = { isOver: false };
  const collected = collectHistory(options, { ...unlimited, executions: 1 }).finally(() => {
    collecting.isOver = true;
  });
  let written = 0;
  let left: number | undefined;
  for (; !collecting.isOver; written++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await store.write("createResource", newAgent(`agt-${written}`));
    left ??= store.read.historyTotals().executions;
  }
  await collected;
  expect(left).toBeGreaterThan(100);
  // As one transaction it would let one or two through.
  expect(written).toBeGreaterThan(15);
});
