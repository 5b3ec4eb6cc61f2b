import { expect, test } from "bun:test";
import { bytes, newExecution, rejectionOf } from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";
import type { Append } from "./append.ts";

const parent = { id: "wex-1", key: "ask#1" };

function append(executionId: string, next: NonNullable<Append["next"]>): Append {
  return { executionId, fencingToken: null, expectedSeq: null, at: 5, entries: [], next };
}

test("a step starts one child however often it asks", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createExecution", newExecution("wex-1", 1));
  const first = await store.write("createExecution", newExecution("wex-2", 2, { parent }));
  const again = await store.write("createExecution", newExecution("wex-3", 3, { parent }));
  expect([first.replayed, again.replayed]).toEqual([false, true]);
  expect(again.resource.id).toBe("wex-2");
  expect(store.read.execution("wex-3")).toBeUndefined();
  expect(store.read.ancestors("wex-2")).toEqual(["wex-1"]);
});

test("who waits for a child is woken in the transaction of its end, once", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createExecution", newExecution("wex-1", 1));
  await store.write("createExecution", newExecution("wex-2", 2, { parent }));
  await store.write("append", append("wex-1", { kind: "wait", topic: "child/wex-2" }));
  expect(store.read.execution("wex-1")?.state).toBe("waiting");
  await store.write("append", append("wex-2", { kind: "end" }));
  expect(store.read.execution("wex-1")?.state).toBe("ready");
  expect(store.read.pendingSignals("wex-1")).toMatchObject([
    { topic: "child/wex-2", payload: bytes("null") },
  ]);
});

test("the end of a child whose parent has ended tells nobody", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createExecution", newExecution("wex-1", 1));
  await store.write("createExecution", newExecution("wex-2", 2, { parent }));
  await store.write("append", append("wex-1", { kind: "end" }));
  await store.write("append", append("wex-2", { kind: "end" }));
  expect(store.read.pendingSignals("wex-1")).toEqual([]);
  const late = newExecution("wex-4", 4, { parent: { id: "wex-1", key: "other#1" } });
  const error = await rejectionOf(store.write("createExecution", late));
  expect(error.code).toBe("failed-precondition");
});
