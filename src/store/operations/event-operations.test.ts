import { expect, test } from "bun:test";
import type { Store } from "../store.ts";
import { bytes, newExecution } from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";
import type { AwaitedEvents } from "./listen-for-events.ts";

async function publish(store: Store, eventId: string, type: string, at = 10) {
  const body = bytes(`{"id":"${eventId}"}`);
  return await store.write("publishEvent", { source: "/test", eventId, type, at, body });
}

async function waiting(store: Store, id: string, events: AwaitedEvents): Promise<string> {
  await store.write("createExecution", newExecution(id, 5));
  const base = { executionId: id, fencingToken: null, expectedSeq: null, at: 6, entries: [] };
  await store.write("append", { ...base, next: { kind: "wait", events } });
  return stateOf(store, id);
}

const stateOf = (store: Store, id: string): string => store.read.execution(id)?.state ?? "gone";

test("an event wakes who waits for its type, or for any, and nobody else", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  expect(await waiting(store, "wex-paid", { types: ["paid", "lost"], after: 0 })).toBe("waiting");
  expect(await waiting(store, "wex-any", { types: ["", "sent"], after: 0 })).toBe("waiting");
  expect(await waiting(store, "wex-sent", { types: ["sent"], after: 0 })).toBe("waiting");
  await publish(store, "1", "paid");
  const states = ["wex-paid", "wex-any", "wex-sent"].map((id) => stateOf(store, id));
  expect(states).toEqual(["ready", "ready", "waiting"]);
});

test("an event from before the wait ends it at once, unless it is known or older than the run", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await publish(store, "0", "paid", 4);
  expect(await waiting(store, "wex-1", { types: ["paid"], after: 0 })).toBe("waiting");
  const { id } = await publish(store, "1", "paid");
  expect(await waiting(store, "wex-2", { types: ["paid"], after: 0 })).toBe("ready");
  expect(await waiting(store, "wex-3", { types: ["paid"], after: id })).toBe("waiting");
});

test("an event is published once for its source and id", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const first = await publish(store, "1", "paid");
  expect(await publish(store, "1", "paid")).toEqual({ id: first.id, duplicate: true });
  const query = { types: [""], after: 0, since: 0 };
  expect(store.read.events(query, 10)).toHaveLength(1);
  expect(await store.write("forgetEvents", { before: 11, limit: 5 })).toBe(1);
  expect(store.read.events(query, 10)).toEqual([]);
});
