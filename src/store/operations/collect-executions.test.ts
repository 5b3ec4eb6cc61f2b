import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import type { Store } from "../store.ts";
import type { Change } from "../transaction.ts";
import { agentKind, bytes, executionKind, newAgent, newExecution } from "../testing/samples.ts";
import { sessionKind } from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";
import type { NextState } from "./append.ts";
import type { NewExecution } from "./execution-operations.ts";

const payload = bytes("x".repeat(100));

interface Written {
  readonly entries?: number;
  readonly messages?: number;
  readonly at?: number;
  readonly next?: NextState;
}

async function write(store: Store, id: string, written: Written): Promise<void> {
  const { entries = 0, messages = 0, at = 5_000, next } = written;
  await store.write("append", {
    executionId: id,
    fencingToken: null,
    expectedSeq: null,
    at,
    entries: Array.from({ length: entries }, () => ({ type: 1, key: "k", at, payload })),
    messages: Array.from({ length: messages }, (_, index) => ({
      sequence: index + 1,
      body: payload,
    })),
    ...(next === undefined ? {} : { next }),
  });
}

async function addEnded(store: Store, id: string, changes: Partial<NewExecution> = {}) {
  await store.write("createExecution", newExecution(id, 1_000, changes));
  await write(store, id, { entries: 2, messages: 1, next: { kind: "end" } });
}

async function addSession(store: Store, id: string): Promise<void> {
  await store.write("createResource", newAgent(id, { kind: sessionKind }));
}

/** An execution of a session, as dispatch and the cascade of a deletion know it. */
function turnOf(session: string, id: string): NewExecution {
  const { resource } = newExecution(id, 1_000);
  return { resource: { ...resource, parentId: session }, sessionId: session };
}

function collectableIds(store: Store): string[] {
  return store.read.collectable(100).map(({ id }) => id);
}

async function collectAll(store: Store, ids: readonly string[]): Promise<number> {
  let rest = [...ids];
  for (let rounds = 1; ; rounds++) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction after the other
    const { settled } = await store.write("collectExecutions", { ids: rest });
    rest = rest.filter((id) => !settled.includes(id));
    if (rest.length === 0) return rounds;
  }
}

test("an ended execution goes with all it was, and whoever watches it is told", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await addEnded(store, "aex-1");
  expect(store.read.historyTotals()).toEqual({ executions: 1, bytes: 300, oldestEndedAt: 5_000 });
  const told: Change[] = [];
  using _ = store.onCommitted((changes) => told.push(...changes));
  const collected = await store.write("collectExecutions", { ids: ["aex-1"] });
  expect(collected).toEqual({ settled: ["aex-1"], executions: 1, sessions: 0, bytes: 300 });
  expect(told).toEqual([{ kind: executionKind, id: "aex-1", effect: "deleted" }]);
  expect(store.read.execution("aex-1")).toBeUndefined();
  expect(store.read.journal("aex-1", 0, 1_000)).toEqual([]);
  expect(store.read.messages("aex-1", 0, 10)).toEqual([]);
  expect(store.read.historyTotals()).toEqual({
    executions: 0,
    bytes: 0,
    oldestEndedAt: undefined,
  });
});

test("the first to end is the first to go, whenever it began", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  for (const [index, id] of ["aex-1", "aex-2", "aex-3"].entries()) {
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await store.write("createExecution", newExecution(id, index));
  }
  await write(store, "aex-1", { at: 30, next: { kind: "end" } });
  await write(store, "aex-2", { at: 10, next: { kind: "end" } });
  await write(store, "aex-3", { at: 20, next: { kind: "end" } });
  expect(collectableIds(store)).toEqual(["aex-2", "aex-3", "aex-1"]);
});

describe("an execution stays", () => {
  test.each<[string, (store: Store) => Promise<unknown>]>([
    ["while it is ready", (store) => store.write("createExecution", newExecution("aex-1", 1))],
    [
      "while it waits",
      async (store) => {
        await store.write("createExecution", newExecution("aex-1", 1));
        await write(store, "aex-1", { entries: 1, next: { kind: "wait", topic: "t" } });
      },
    ],
    [
      "while a later turn of its session goes on",
      async (store) => {
        await addSession(store, "ses-1");
        await addEnded(store, "aex-1", turnOf("ses-1", "aex-1"));
        await store.write("createExecution", turnOf("ses-1", "aex-2"));
      },
    ],
    [
      "while the execution that started it goes on",
      async (store) => {
        await store.write("createExecution", newExecution("aex-0", 1));
        const { resource } = newExecution("aex-1", 2);
        await addEnded(store, "aex-1", { resource: { ...resource, parentId: "aex-0" } });
      },
    ],
    [
      "while the execution that started it in a session goes on",
      async (store) => {
        await addSession(store, "ses-1");
        await store.write("createExecution", newExecution("aex-0", 1));
        const parent = { id: "aex-0", key: "ask" };
        await addEnded(store, "aex-1", { ...turnOf("ses-1", "aex-1"), parent });
      },
    ],
    [
      "while one that it started is there",
      async (store) => {
        await addEnded(store, "aex-1");
        const { resource } = newExecution("aex-2", 2);
        await store.write("createExecution", { resource: { ...resource, parentId: "aex-1" } });
      },
    ],
    [
      "while an execution that goes on refers to it",
      async (store) => {
        await addEnded(store, "aex-1");
        const { resource } = newExecution("aex-2", 2);
        await store.write("createExecution", { resource: { ...resource, references: ["aex-1"] } });
      },
    ],
    [
      "while a definition refers to it",
      async (store) => {
        await addEnded(store, "aex-1");
        await store.write("createResource", newAgent("agt-1", { references: ["aex-1"] }));
      },
    ],
  ])("%s", async (_, arrange) => {
    await using temporary = await TemporaryStore.open();
    const { store } = temporary;
    await arrange(store);
    expect(collectableIds(store)).not.toContain("aex-1");
    const { settled, executions } = await store.write("collectExecutions", { ids: ["aex-1"] });
    expect([settled, executions]).toEqual([["aex-1"], 0]);
    expect(store.read.execution("aex-1")).toBeDefined();
  });
});

test("an ended execution that history refers to goes", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await addEnded(store, "aex-1");
  const { resource } = newExecution("aex-2", 2);
  await addEnded(store, "aex-2", { resource: { ...resource, references: ["aex-1"] } });
  expect(collectableIds(store)).toEqual(["aex-1", "aex-2"]);
});

test("a large execution is shortened from its end, a little in each transaction", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createExecution", newExecution("aex-1", 1));
  await write(store, "aex-1", { entries: 1_700, messages: 300, next: { kind: "end" } });
  await store.write("collectExecutions", { ids: ["aex-1"] });
  const left = store.read.journal("aex-1", 0, 1_000_000);
  expect(left.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_200 }, (_, at) => at + 1));
  // As after a crash: the rest goes later.
  expect(collectableIds(store)).toEqual(["aex-1"]);
  expect(await collectAll(store, ["aex-1"])).toBe(3);
  expect(store.read.execution("aex-1")).toBeUndefined();
});

describe("a session", () => {
  const twoTurns = async (store: Store): Promise<void> => {
    await addSession(store, "ses-1");
    await addEnded(store, "aex-1", turnOf("ses-1", "aex-1"));
    await addEnded(store, "aex-2", turnOf("ses-1", "aex-2"));
  };

  test("goes with its last execution", async () => {
    await using temporary = await TemporaryStore.open();
    const { store } = temporary;
    await twoTurns(store);
    expect((await store.write("collectExecutions", { ids: ["aex-1"] })).sessions).toBe(0);
    expect(store.read.get(sessionKind, "ses-1")).toBeDefined();
    expect((await store.write("collectExecutions", { ids: ["aex-2"] })).sessions).toBe(1);
    expect(store.read.get(sessionKind, "ses-1")).toBeUndefined();
  });

  test("that was changed since then stays", async () => {
    await using temporary = await TemporaryStore.open();
    const { store } = temporary;
    await twoTurns(store);
    await store.write("updateResource", { id: "ses-1", updatedAt: 5_001, name: "mine" });
    await collectAll(store, ["aex-1", "aex-2"]);
    expect(store.read.get(sessionKind, "ses-1")?.name).toBe("mine");
  });

  test("that something refers to stays", async () => {
    await using temporary = await TemporaryStore.open();
    const { store } = temporary;
    await twoTurns(store);
    await store.write("createResource", newAgent("sch-1", { references: ["ses-1"] }));
    await collectAll(store, ["aex-1", "aex-2"]);
    expect(store.read.get(sessionKind, "ses-1")).toBeDefined();
  });
});

test("a revision goes when no resource has it and no execution is pinned to it", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const revision = (hash: string) => ({ hash, body: bytes(hash) });
  await store.write("createResource", newAgent("agt-1", { revision: revision("h-1") }));
  await addEnded(store, "aex-1", { pins: [{ hash: "h-1" }] });
  for (const hash of ["h-2", "h-3"]) {
    const update = { id: "agt-1", updatedAt: 2, revision: revision(hash) };
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await store.write("updateResource", update);
  }
  const hashes = ["h-1", "h-2", "h-3"];
  expect(store.read.revisionUse("", 10).map(({ isUsed }) => isUsed)).toEqual([true, false, true]);
  expect(await store.write("collectRevisions", hashes)).toBe(1);
  await collectAll(store, ["aex-1"]);
  expect(await store.write("collectRevisions", hashes)).toBe(1);
  expect(hashes.map((hash) => store.read.getRevision(hash)?.hash)).toEqual([
    undefined,
    undefined,
    "h-3",
  ]);
});

test("request ids are forgotten a few at a time, the oldest first", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  for (const at of [1, 2, 3]) {
    const request = { requestId: `r-${at}`, method: "create", fingerprint: "f" };
    const agent = newAgent(`agt-${at}`, { createdAt: at, request });
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await store.write("createResource", agent);
  }
  const forget = { before: 3, limit: 1 };
  expect(await store.write("forgetRequests", forget)).toBe(1);
  expect(await store.write("forgetRequests", forget)).toBe(1);
  expect(await store.write("forgetRequests", forget)).toBe(0);
  const request = { requestId: "r-3", method: "create", fingerprint: "f" };
  const again = newAgent("agt-4", { createdAt: 4, request });
  expect((await store.write("createResource", again)).resource.id).toBe("agt-3");
});

test("what is counted is what is there, whatever was written, replaced and removed", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  let run = 0;
  const written = fc.record({
    execution: fc.integer({ min: 0, max: 3 }),
    entries: fc.integer({ min: 0, max: 3 }),
    messages: fc.integer({ min: 0, max: 3 }),
    artifact: fc.option(fc.constantFrom("a", "bb", "ccc")),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(written, { maxLength: 8 }), async (steps) => {
      const ids = [0, 1, 2, 3].map((index) => `aex-${run}-${index}`);
      run += 1;
      const expected = new Map(ids.map((id) => [id, { entries: 0, messages: 0, kept: new Set() }]));
      for (const id of ids) await store.write("createExecution", newExecution(id, 1));
      for (const { execution, entries, messages, artifact } of steps) {
        const id = ids[execution] ?? "";
        await write(store, id, { entries, messages });
        if (artifact !== null) await store.artifacts.put(bytes(artifact), id);
        const sum = expected.get(id);
        if (!sum) continue;
        sum.entries += entries;
        sum.messages = Math.max(sum.messages, messages);
        if (artifact !== null) sum.kept.add(artifact);
      }
      for (const id of ids) await write(store, id, { next: { kind: "end" } });
      const found = store.read.collectable(10).map(({ id, bytes: size }) => [id, size]);
      expect(found).toEqual(
        [...expected].map(([id, { entries, messages, kept }]) => {
          const artifacts = [...kept].reduce((sum: number, text) => sum + String(text).length, 0);
          return [id, (entries + messages) * payload.length + artifacts];
        }),
      );
      await collectAll(store, ids);
      expect(store.read.historyTotals()).toMatchObject({ executions: 0, bytes: 0 });
    }),
    { numRuns: 25 },
  );
  expect(store.read.count({ kinds: [agentKind, executionKind] })).toBe(0);
});
