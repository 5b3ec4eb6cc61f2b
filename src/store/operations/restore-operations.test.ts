import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { bytes, executionKind, newAgent, newExecution, rejectionOf } from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";
import type { RestoredExecution } from "./restore-operations.ts";

/** What an execution is besides its row, and whether a history takes it along. */
const tables = {
  // Only who goes on is told of its children; that one started another stands in `parent_id`.
  child_execution: "left",
  // Nobody wakes what has ended.
  event_listener: "left",
  history: "taken along",
  journal: "taken along",
  journal_cover: "taken along",
  message: "taken along",
  pinned_revision: "taken along",
  // What ended holds up no start of its schedule.
  schedule_run: "left",
  // Signals are for those that go on.
  signal: "left",
};

test("everything that belongs to an execution is taken along or left on purpose", async () => {
  await using temporary = await TemporaryStore.open();
  await temporary.close();
  using db = new Database(temporary.file, { readonly: true });
  const found = db
    .query<{ name: string }, []>(
      `select m.name from sqlite_master m join pragma_table_info(m.name) c
        where m.type = 'table' and c.name in ('execution_id', 'child_id') order by m.name`,
    )
    .all()
    .map(({ name }) => name);
  expect(found).toEqual(Object.keys(tables));
});

function restored(id: string): RestoredExecution {
  const agent = newAgent(id, { kind: executionKind, slug: id });
  const { kind, org, slug, name, createdAt, body } = agent;
  const row = { kind, id, org, slug, name, createdAt, body, updatedAt: 2_000, resourceVersion: 3 };
  return {
    row: { ...row, revisionHash: null, parentId: null, phase: 4 },
    labels: { team: "a" },
    references: ["agt-1"],
    artifacts: [],
    revisions: [{ hash: "r1", kind: 43, body: bytes("revision") }],
    sessionId: null,
    attempt: 2,
    cancelReason: null,
    pinned: ["r1"],
  };
}

const entry = (executionId: string, seq: number) => ({
  executionId,
  seq,
  type: 1,
  key: `k${seq}`,
  at: 1_000 + seq,
  payload: bytes(`payload ${seq}`),
});

test("an execution is history when its end is restored, and not before", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("restoreExecution", restored("aex-1"));
  const journal = [entry("aex-1", 1), { ...entry("aex-1", 2), coversFrom: 1 }];
  const messages = [{ executionId: "aex-1", sequence: 1, body: bytes("hello") }];
  await store.write("restoreRows", { journal, messages });
  expect(store.read.endedAt("aex-1")).toBeUndefined();
  await store.write("restoreEnd", { id: "aex-1", endedAt: 2_000, lastSeq: 2 });
  expect(store.read.endedAt("aex-1")).toBe(2_000);
  expect(store.read.execution("aex-1")).toMatchObject({ state: "ended", attempt: 2, lastSeq: 2 });
  expect(store.read.covers("aex-1", 1, 9)).toEqual(new Map([[2, 1]]));
  expect(store.read.historyTotals()).toMatchObject({ executions: 1, bytes: 23 });
  const refused = await rejectionOf(store.write("restoreExecution", restored("aex-1")));
  expect(refused.code).toBe("already-exists");
});

test("an execution that was cut off is begun anew", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("restoreExecution", restored("aex-1"));
  await store.write("restoreRows", { journal: [entry("aex-1", 1)], messages: [] });
  const early = store.write("restoreEnd", { id: "aex-1", endedAt: 2_000, lastSeq: 2 });
  expect((await rejectionOf(early)).code).toBe("failed-precondition");
  await store.write("restoreExecution", restored("aex-1"));
  await store.write("restoreRows", { journal: [entry("aex-1", 1)], messages: [] });
  await store.write("restoreEnd", { id: "aex-1", endedAt: 2_000, lastSeq: 1 });
  expect(store.read.execution("aex-1")?.lastSeq).toBe(1);
});

test("what refers to an artifact that is not stored is refused whole", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const refused = store.write("restoreExecution", { ...restored("aex-1"), artifacts: ["0"] });
  expect((await rejectionOf(refused)).code).toBe("failed-precondition");
  expect(store.read.execution("aex-1")).toBeUndefined();
});

test("what has no end is removed, and nothing else", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createExecution", newExecution("aex-1", 1));
  await store.write("restoreExecution", restored("aex-2"));
  await store.write("restoreEnd", { id: "aex-2", endedAt: 2_000, lastSeq: 0 });
  await store.write("restoreExecution", restored("aex-3"));
  await store.write("restoreRows", { journal: [entry("aex-3", 1)], messages: [] });
  expect(await store.write("removeUnfinished", { id: "aex-2" })).toBe(0);
  expect(await store.write("removeUnfinished", {})).toBe(1);
  const left = ["aex-1", "aex-2", "aex-3"].map((id) => store.read.execution(id)?.state);
  expect(left).toEqual(["ready", "ended", undefined]);
});
