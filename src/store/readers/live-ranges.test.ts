import { afterAll, beforeAll, expect, test } from "bun:test";
import * as fc from "fast-check";
import type { NewEntry } from "../operations/append.ts";
import type { Store } from "../store.ts";
import { bytes, errorOf, newExecution, rejectionOf } from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";

const plentyOfBytes = 1 << 26;

let temporary: TemporaryStore;
let store: Store;
let made = 0;

beforeAll(async () => {
  temporary = await TemporaryStore.open();
  store = temporary.store;
});
afterAll(async () => {
  await temporary[Symbol.asyncDispose]();
});

async function written(entries: readonly NewEntry[]): Promise<string> {
  made += 1;
  const executionId = `wex-${made}`;
  await store.write("createExecution", newExecution(executionId, made));
  const base = { executionId, fencingToken: null, expectedSeq: null, at: 1 };
  await store.write("append", { ...base, entries });
  return executionId;
}

function entry(coversFrom?: number): NewEntry {
  const plain = { type: 2, key: "k", at: 1, payload: bytes("1") };
  return coversFrom === undefined ? plain : { ...plain, coversFrom };
}

function liveOf(executionId: string, count: number): number[] {
  return store.read
    .liveRanges(executionId, count)
    .flatMap(({ first, last }) => store.read.journal(executionId, first - 1, plentyOfBytes, last))
    .map(({ seq }) => seq);
}

/** From the end, row by row: what is covered is stepped over. */
function walked(covers: readonly (number | undefined)[]): number[] {
  const live: number[] = [];
  for (let seq = covers.length; seq > 0; seq = (covers[seq - 1] ?? seq) - 1) live.unshift(seq);
  return live;
}

/** Scopes inside of scopes: each opens at a row and closes, covering from there, at a later one. */
const nestedCovers = fc
  .array(fc.constantFrom("row", "open", "close"), { minLength: 1, maxLength: 60 })
  .map((steps) => {
    const open: number[] = [];
    return steps.map((step, index) => {
      if (step === "open") open.push(index + 1);
      return step === "close" ? open.pop() : undefined;
    });
  });

test("what a resume reads is what a walk from the end finds", async () => {
  await fc.assert(
    fc.asyncProperty(nestedCovers, async (covers) => {
      const id = await written(covers.map(entry));
      expect(liveOf(id, covers.length)).toEqual(walked(covers));
    }),
    { numRuns: 150 },
  );
});

test("turns of a loop that all cover from its start cost one step however many they were", async () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => entry(index === 0 ? undefined : 1));
  const id = await written([...rows, entry()]);
  const before = performance.now();
  expect(store.read.liveRanges(id, rows.length + 1)).toEqual([
    { first: 100_000, last: 100_001, coversFrom: 1 },
  ]);
  expect(performance.now() - before).toBeLessThan(50);
});

test("covered entries stay in the history", async () => {
  const id = await written([entry(), entry(), entry(1)]);
  expect(store.read.journal(id, 0, plentyOfBytes).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test.each([[0], [2], [3]])(
  "an entry cannot cover from %p on when it is the second",
  async (from) => {
    const error = await rejectionOf(written([entry(), entry(from)]));
    expect(error.code).toBe("invalid-argument");
  },
);

test("a damaged cover is named and hides nothing silently", async () => {
  const { Database } = await import("bun:sqlite");
  const id = await written([entry(), entry(), entry(2)]);
  using db = new Database(temporary.file);
  db.run("update journal_cover set from_seq = 1 where execution_id = ?", [id]);
  const error = errorOf(() => store.read.liveRanges(id, 3));
  expect(error.code).toBe("data-loss");
  expect(error.message).toContain(id);
});
