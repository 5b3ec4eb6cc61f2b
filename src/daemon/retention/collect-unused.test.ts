import { readdirSync } from "node:fs";
import { expect, test } from "bun:test";
import type { Store } from "../../store/store.ts";
import { bytes, newAgent, newExecution } from "../../store/testing/samples.ts";
import { silentLog, TemporaryStore } from "../../store/testing/temporary-store.ts";
import type { CollectionOptions } from "./collect-history.ts";
import { collectUnused } from "./collect-unused.ts";

const dayMs = 24 * 60 * 60 * 1000;

function optionsAt(store: Store, now: number): CollectionOptions {
  return { store, log: silentLog, signal: new AbortController().signal, clock: () => now };
}

test("an upload that nothing refers to goes after a day and not before", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const { createdAt } = await store.artifacts.put(bytes("loose"));
  await collectUnused(optionsAt(store, createdAt + dayMs));
  expect(readdirSync(temporary.artifactsDir)).toHaveLength(1);
  await collectUnused(optionsAt(store, createdAt + dayMs + 1));
  expect(readdirSync(temporary.artifactsDir)).toEqual([]);
});

test("all request ids of more than a day ago are forgotten", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const request = (index: number) => ({ requestId: `r-${index}`, method: "m", fingerprint: "f" });
  const create = (id: string, index: number, createdAt: number) =>
    store.write("createResource", newAgent(id, { createdAt, request: request(index) }));
  await Promise.all(Array.from({ length: 1_200 }, (_, at) => create(`agt-${at}`, at, 1)));
  await create("agt-kept", 1_200, 2);
  await collectUnused(optionsAt(store, dayMs + 2));
  const left = await store.write("forgetRequests", { before: Number.MAX_SAFE_INTEGER, limit: 9 });
  expect(left).toBe(1);
});

test("a revision that is pinned at the last moment stays", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  for (const hash of ["h-1", "h-2", "h-3"]) {
    const revision = { hash, body: bytes(hash) };
    const isFirst = hash === "h-1";
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await (isFirst
      ? store.write("createResource", newAgent("agt-1", { revision }))
      : store.write("updateResource", { id: "agt-1", updatedAt: 2, revision }));
  }
  const collecting = collectUnused(optionsAt(store, 1), 500);
  await store.write("createExecution", newExecution("aex-1", 1, { pins: [{ hash: "h-1" }] }));
  await collecting;
  const left = ["h-1", "h-2", "h-3"].map((hash) => store.read.getRevision(hash)?.hash);
  expect(left).toEqual(["h-1", undefined, "h-3"]);
});

test("a daemon that stops does not wait until revisions may go", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const revision = (hash: string) => ({ hash, body: bytes(hash) });
  await store.write("createResource", newAgent("agt-1", { revision: revision("h-1") }));
  await store.write("updateResource", { id: "agt-1", updatedAt: 2, revision: revision("h-2") });
  const stopping = new AbortController();
  const collecting = collectUnused({ ...optionsAt(store, 1), signal: stopping.signal });
  setTimeout(() => stopping.abort(), 50);
  await collecting;
  expect(store.read.getRevision("h-1")).toBeDefined();
});
