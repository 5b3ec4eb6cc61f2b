import { expect, test } from "bun:test";
import { conflictOf } from "../conflict.ts";
import type { Store } from "../store.ts";
import {
  agentKind,
  bytes,
  executionKind,
  newAgent,
  newExecution,
  rejectionOf,
  sessionKind,
} from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";
import type { Append } from "./append.ts";

const lease = { runnerId: "runner-1", leaseUntil: 20_000, now: 10_000 };

function claimableIds(store: Store, now = 10_000): string[] {
  return store.read
    .claimable(100, now)
    .map((item) => (item.kind === "intact" ? item.row.id : `corrupt ${item.id}`));
}

/** An execution that a runner holds, and the append of its first entry. */
async function leased(store: Store, id: string): Promise<Append> {
  await store.write("createExecution", newExecution(id, 1));
  const { fencingToken } = await store.write("claim", { id, ...lease });
  return { ...emptyAppend(id), fencingToken, expectedSeq: 0 };
}

function emptyAppend(executionId: string): Append {
  return { executionId, fencingToken: null, expectedSeq: null, at: 5, entries: [] };
}

function entry(key: string): Append["entries"][number] {
  return { type: 1, key, at: 5, payload: bytes(key) };
}

test("an execution is created with its resource and its pins, or not at all", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const pins = [{ hash: "h-1", kind: agentKind, body: bytes("spec") }];
  await store.write("createExecution", newExecution("aex-1", 1, { pins }));
  await store.write("createExecution", newExecution("aex-2", 2, { pins: [{ hash: "h-1" }] }));
  expect(store.read.pinnedRevisions("aex-2")).toEqual(["h-1"]);
  expect(store.read.execution("aex-2")).toMatchObject({ state: "ready", attempt: 0, lastSeq: 0 });
  const unknown = newExecution("aex-3", 3, { pins: [{ hash: "h-2" }] });
  const error = await rejectionOf(store.write("createExecution", unknown));
  expect(error.code).toBe("failed-precondition");
  expect(store.read.get(executionKind, "aex-3")).toBeUndefined();
});

test("a retried create makes one execution", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const request = { requestId: "r", method: "create", fingerprint: "f" };
  const create = (id: string) => {
    const { resource } = newExecution(id, 1);
    return store.write("createExecution", { resource: { ...resource, request } });
  };
  expect((await create("aex-1")).resource.id).toBe("aex-1");
  expect((await create("aex-2")).resource.id).toBe("aex-1");
  expect(store.read.countOpen()).toBe(1);
});

test("of runners that claim the same execution one gets it", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createExecution", newExecution("aex-1", 1));
  const claims = await Promise.allSettled(
    ["a", "b", "c"].map((runnerId) => store.write("claim", { ...lease, id: "aex-1", runnerId })),
  );
  expect(claims.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(store.read.execution("aex-1")).toMatchObject({
    state: "leased",
    runnerId: "a",
    attempt: 1,
  });
  expect(claimableIds(store)).toEqual([]);
});

test("executions of one session run one after the other, the others freely, the oldest first", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createExecution", newExecution("aex-2", 2, { sessionId: "ses-1" }));
  await store.write("createExecution", newExecution("aex-1", 1, { sessionId: "ses-1" }));
  await store.write("createExecution", newExecution("aex-3", 3));
  expect(claimableIds(store)).toEqual(["aex-1", "aex-3"]);
  const early = await rejectionOf(store.write("claim", { id: "aex-2", ...lease }));
  expect(conflictOf(early)).toEqual({ kind: "not-claimable" });
  const { fencingToken } = await store.write("claim", { id: "aex-1", ...lease });
  const waiting = { ...emptyAppend("aex-1"), fencingToken, next: { kind: "wait", topic: "t" } };
  await store.write("append", waiting as Append);
  expect(claimableIds(store)).toEqual(["aex-3"]);
  await store.write("append", { ...emptyAppend("aex-1"), next: { kind: "end" } });
  expect(claimableIds(store)).toEqual(["aex-2", "aex-3"]);
  const ids = store.read
    .sessionExecutions("ses-1")
    .map((item) => item.kind === "intact" && item.row.id);
  expect(ids).toEqual(["aex-1", "aex-2"]);
});

test("fencing tokens grow over the whole store and over restarts", async () => {
  await using temporary = await TemporaryStore.open();
  await temporary.store.write("createExecution", newExecution("aex-1", 1));
  await temporary.store.write("createExecution", newExecution("aex-2", 2));
  const first = await temporary.store.write("claim", { id: "aex-1", ...lease });
  const store = await temporary.reopen();
  const second = await store.write("claim", { id: "aex-2", ...lease });
  await store.write("releaseLease", second);
  const third = await store.write("claim", { id: "aex-2", ...lease });
  const tokens = [first, second, third].map(({ fencingToken }) => fencingToken);
  expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
  expect(new Set(tokens).size).toBe(3);
});

test("a runner that lost its lease can neither append, nor renew, nor release", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const zombie = { ...(await leased(store, "aex-1")), entries: [entry("late")] };
  const held = { id: "aex-1", fencingToken: zombie.fencingToken ?? 0 };
  await store.write("releaseLease", held);
  const released = await rejectionOf(store.write("append", zombie));
  expect(conflictOf(released)).toEqual({ kind: "fenced" });
  await store.write("claim", { id: "aex-1", ...lease, runnerId: "runner-2" });
  const replaced = await rejectionOf(store.write("append", zombie));
  expect(replaced.code).toBe("conflict");
  expect(await store.write("renewLeases", { leases: [held], leaseUntil: 9 })).toEqual(["aex-1"]);
  expect(conflictOf(await rejectionOf(store.write("releaseLease", held)))).toEqual({
    kind: "fenced",
  });
  expect(store.read.journal("aex-1", 0, 1000)).toEqual([]);
  expect(store.read.execution("aex-1")?.runnerId).toBe("runner-2");
});

test("a held lease is renewed, and one that runs out is found", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const { fencingToken } = await leased(store, "aex-1");
  const leases = [{ id: "aex-1", fencingToken: fencingToken ?? 0 }];
  expect(await store.write("renewLeases", { leases, leaseUntil: 30_000 })).toEqual([]);
  expect(store.read.expiredLeases(30_000)).toEqual([]);
  expect(store.read.expiredLeases(30_001)).toHaveLength(1);
});

test("a new epoch takes every lease back and fences who had it", async () => {
  await using temporary = await TemporaryStore.open();
  const append = await leased(temporary.store, "aex-1");
  const store = await temporary.reopen();
  expect(await store.write("openEpoch", undefined)).toEqual({
    epoch: 1,
    released: ["aex-1"],
    corrupt: [],
  });
  expect(store.read.epoch()).toBe(1);
  expect(claimableIds(store)).toEqual(["aex-1"]);
  expect(conflictOf(await rejectionOf(store.write("append", append)))).toEqual({ kind: "fenced" });
  expect(await store.write("openEpoch", undefined)).toMatchObject({ epoch: 2, released: [] });
});

test("an append writes journal, messages, body and phase together, and returns the last sequence", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const append = await leased(store, "aex-1");
  const { lastSeq } = await store.write("append", {
    ...append,
    entries: [entry("a"), entry("b")],
    messages: [{ sequence: 1, body: bytes("hello") }],
    resourceBody: bytes("status"),
    phase: 3,
  });
  expect(lastSeq).toBe(2);
  expect(store.read.journal("aex-1", 0, 1000).map(({ seq, key }) => [seq, key])).toEqual([
    [1, "a"],
    [2, "b"],
  ]);
  expect(store.read.messages("aex-1", 0, 10)).toEqual([
    { kind: "intact", row: { executionId: "aex-1", sequence: 1, body: bytes("hello") } },
  ]);
  expect(store.read.get(executionKind, "aex-1")).toMatchObject({ body: bytes("status"), phase: 3 });
  expect(store.read.execution("aex-1")).toMatchObject({ phase: 3, lastSeq: 2, state: "leased" });
});

test("an append that believes another sequence is refused as a whole, and told the right one", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const append = await leased(store, "aex-1");
  await store.write("append", { ...append, entries: [entry("a")] });
  const again = { ...append, entries: [entry("a")], messages: [{ sequence: 1, body: bytes("m") }] };
  const error = await rejectionOf(store.write("append", again));
  expect(conflictOf(error)).toEqual({ kind: "sequence", lastSeq: 1 });
  expect(store.read.messages("aex-1", 0, 10)).toEqual([]);
});

test("the daemon appends beside a lease, but never to what has ended", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const runner = await leased(store, "aex-1");
  await store.write("append", { ...emptyAppend("aex-1"), entries: [entry("cancel")] });
  await store.write("append", { ...runner, expectedSeq: 1, next: { kind: "end" } });
  const error = await rejectionOf(store.write("append", emptyAppend("aex-1")));
  expect(error.code).toBe("failed-precondition");
  const late = await rejectionOf(store.write("append", { ...runner, expectedSeq: 1 }));
  expect(conflictOf(late)).toEqual({ kind: "fenced" });
});

test("a journal is read on from a sequence, in pieces of at least one entry", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const append = await leased(store, "aex-1");
  const entries = ["0123456789", "abcdefghij", "x"].map(entry);
  await store.write("append", { ...append, entries });
  const keys = (after: number, max: number) =>
    store.read.journal("aex-1", after, max).map(({ seq }) => seq);
  expect(keys(0, 1)).toEqual([1]);
  expect(keys(0, 20)).toEqual([1, 2]);
  expect(keys(1, 100)).toEqual([2, 3]);
  expect(keys(3, 100)).toEqual([]);
});

test("a waiting execution is claimable when its time has come", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const append = await leased(store, "aex-1");
  await store.write("append", { ...append, next: { kind: "wait", wakeAt: 15_000 } });
  expect(store.read.nextWakeAt()).toBe(15_000);
  expect(claimableIds(store, 14_999)).toEqual([]);
  expect(claimableIds(store, 15_000)).toEqual(["aex-1"]);
  expect((await rejectionOf(store.write("claim", { id: "aex-1", ...lease }))).code).toBe(
    "conflict",
  );
  const claimed = await store.write("claim", { id: "aex-1", ...lease, now: 15_000 });
  expect(claimed).toMatchObject({ wakeAt: null, attempt: 2 });
  expect(store.read.nextWakeAt()).toBeUndefined();
});

test("a signal wakes who waits for its topic, whether it comes before or after the wait", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const signal = { topic: "paid", dedupKey: null, payload: bytes("1"), at: 1 };
  const late = await leased(store, "late");
  await store.write("append", { ...late, next: { kind: "wait", topic: "paid" } });
  await store.write("signal", { ...signal, executionId: "late", topic: "other" });
  expect(claimableIds(store)).toEqual([]);
  await store.write("signal", { ...signal, executionId: "late" });
  expect(claimableIds(store)).toEqual(["late"]);
  const early = await leased(store, "early");
  await store.write("signal", { ...signal, executionId: "early" });
  await store.write("append", { ...early, next: { kind: "wait", topic: "paid" } });
  expect(claimableIds(store)).toContain("early");
});

test("who waits for any topic is woken by a signal of each, before or after the wait", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const next = { kind: "wait", topic: "*" } as const;
  const signal = { topic: "paid", dedupKey: null, payload: bytes("1"), at: 1 };
  const late = await leased(store, "late");
  await store.write("append", { ...late, next });
  expect(claimableIds(store)).toEqual([]);
  await store.write("signal", { ...signal, executionId: "late" });
  const early = await leased(store, "early");
  await store.write("signal", { ...signal, executionId: "early" });
  await store.write("append", { ...early, next });
  expect(claimableIds(store)).toEqual(["early", "late"]);
});

test("signals are first in, first out per topic, once per key, and gone when consumed", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const append = await leased(store, "aex-1");
  const send = (topic: string, dedupKey: string) =>
    store.write("signal", {
      executionId: "aex-1",
      topic,
      dedupKey,
      payload: bytes(dedupKey),
      at: 1,
    });
  const first = await send("t", "k-1");
  await send("u", "k-1");
  await send("t", "k-2");
  expect(await send("t", "k-1")).toEqual({ id: first.id, duplicate: true });
  const keys = () => store.read.pendingSignals("aex-1", "t").map(({ dedupKey }) => dedupKey);
  expect(keys()).toEqual(["k-1", "k-2"]);
  await store.write("append", { ...append, consumedSignalIds: [first.id] });
  expect(keys()).toEqual(["k-2"]);
  expect((await send("t", "k-1")).duplicate).toBe(true);
  const twice = await rejectionOf(
    store.write("append", { ...append, entries: [entry("x")], consumedSignalIds: [first.id] }),
  );
  expect(conflictOf(twice)).toEqual({ kind: "signal-gone", signalId: first.id });
  expect(store.read.journal("aex-1", 0, 100)).toEqual([]);
});

test("a cancel request wakes who waits, is not lost before a wait, and keeps its first reason", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const sleeper = await leased(store, "sleeper");
  await store.write("append", { ...sleeper, next: { kind: "wait", topic: "never" } });
  await store.write("requestCancel", { id: "sleeper", reason: "first" });
  await store.write("requestCancel", { id: "sleeper", reason: "second" });
  expect(store.read.execution("sleeper")).toMatchObject({ state: "ready", cancelReason: "first" });
  const runner = await leased(store, "runner");
  await store.write("requestCancel", { id: "runner", reason: "stop" });
  await store.write("append", { ...runner, next: { kind: "wait", topic: "never" } });
  expect(store.read.execution("runner")?.state).toBe("ready");
});

test("who knows that it is cancelled can still wait while it cleans up", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const runner = await leased(store, "aex-1");
  await store.write("requestCancel", { id: "aex-1", reason: "stop" });
  const next = { kind: "wait", wakeAt: 99_000, cancelKnown: true } as const;
  await store.write("append", { ...runner, next });
  expect(store.read.execution("aex-1")).toMatchObject({ state: "waiting", wakeAt: 99_000 });
});

test("deleting a session deletes its executions with journal, messages and signals", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("ses-1", { kind: sessionKind }));
  const { resource } = newExecution("aex-1", 1);
  const child = { resource: { ...resource, parentId: "ses-1" }, sessionId: "ses-1" };
  await store.write("createExecution", child);
  const messages = [{ sequence: 1, body: bytes("m") }];
  await store.write("append", { ...emptyAppend("aex-1"), entries: [entry("a")], messages });
  const signal = { executionId: "aex-1", topic: "t", dedupKey: null, payload: bytes("p"), at: 1 };
  await store.write("signal", signal);
  const gone: string[] = [];
  using _listening = store.onCommitted((changes) => {
    gone.push(...changes.flatMap(({ effect, id }) => (effect === "deleted" ? [id] : [])));
  });
  await store.write("deleteResource", { id: "ses-1", definitionKinds: [agentKind] });
  expect(gone.toSorted()).toEqual(["aex-1", "ses-1"]);
  expect(store.read.execution("aex-1")).toBeUndefined();
  expect(store.read.journal("aex-1", 0, 100)).toEqual([]);
  expect(store.read.messages("aex-1", 0, 100)).toEqual([]);
  expect(store.read.pendingSignals("aex-1", "t")).toEqual([]);
});

test("10,000 waiting executions cost the search for work nothing", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const wait = async (id: string, index: number): Promise<void> => {
    await store.write("createExecution", newExecution(id, index));
    const next = { kind: "wait", topic: "t", wakeAt: 1_000_000 + index } as const;
    await store.write("append", { ...emptyAppend(id), next });
  };
  await Promise.all(Array.from({ length: 10_000 }, (_, index) => wait(`aex-${index}`, index)));
  await store.write("createExecution", newExecution("ready", 20_000));
  expect(store.read.countOpen()).toBe(10_001);
  const started = performance.now();
  for (let round = 0; round < 1000; round++) expect(claimableIds(store)).toEqual(["ready"]);
  // One walk over 10,000 rows takes milliseconds; a look into the index takes tens of microseconds.
  expect((performance.now() - started) / 1000).toBeLessThan(1);
  expect(store.read.nextWakeAt()).toBe(1_000_000);
});
