import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { agentKind, newAgent, rejectionOf } from "./testing/samples.ts";
import { TemporaryStore } from "./testing/temporary-store.ts";
import { countCommits } from "./testing/write-ahead-log.ts";
import type { Change } from "./transaction.ts";

test("writes that come together share a commit, writes that come alone have their own", async () => {
  await using temporary = await TemporaryStore.open();
  const { store, file } = temporary;
  const create = (index: number) => store.write("createResource", newAgent(`agt-${index}`));
  const before = countCommits(file);
  for (let index = 0; index < 5; index++) await create(index);
  const alone = countCommits(file);
  expect(alone - before).toBe(5);
  await Promise.all(Array.from({ length: 200 }, (_, index) => create(100 + index)));
  expect(countCommits(file) - alone).toBe(1);
  expect(store.read.count({ kinds: [agentKind] })).toBe(205);
});

test("a refused write takes no other of its group with it", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const outcomes = await Promise.allSettled([
    store.write("createResource", newAgent("agt-1", { slug: "same" })),
    store.write("createResource", newAgent("agt-2", { slug: "same" })),
    store.write("createResource", newAgent("agt-3", { parentId: "nobody" })),
    store.write("createResource", newAgent("agt-4", { createdAt: 1.5 })),
    store.write("createResource", newAgent("agt-5")),
  ]);
  const codes = outcomes.map((one) => (one.status === "rejected" ? one.reason.code : "done"));
  expect(codes).toEqual(["done", "already-exists", "failed-precondition", "internal", "done"]);
  expect(store.read.count({ kinds: [agentKind] })).toBe(2);
});

test("listeners hear what was committed, before the write resolves, and nothing of what was refused", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const heard: (Change | string)[] = [];
  const listening = store.onCommitted((changes) => {
    heard.push(...changes);
    throw new Error("a listener that fails harms nobody");
  });
  await store.write("createResource", newAgent("agt-1")).then(() => heard.push("resolved"));
  await rejectionOf(store.write("createResource", newAgent("agt-1")));
  expect(heard).toEqual([{ kind: agentKind, id: "agt-1", effect: "created" }, "resolved"]);
  listening[Symbol.dispose]();
  await store.write("createResource", newAgent("agt-2"));
  expect(heard).toHaveLength(2);
});

test("reads go on while the writer is stuck, and the write is done when it can", async () => {
  await using temporary = await TemporaryStore.open();
  const { store, file } = temporary;
  await store.write("createResource", newAgent("agt-1"));
  const blocker = new Database(file);
  blocker.run("begin immediate");
  const stuck = store.write("createResource", newAgent("agt-2"));
  const raced = await Promise.race([stuck, Bun.sleep(50).then(() => "still stuck")]);
  expect(raced).toBe("still stuck");
  const started = performance.now();
  for (let round = 0; round < 100; round++) store.read.get(agentKind, "agt-1");
  expect(performance.now() - started).toBeLessThan(100);
  expect(store.read.get(agentKind, "agt-2")).toBeUndefined();
  blocker.run("rollback");
  blocker.close();
  expect((await stuck).resource.id).toBe("agt-2");
});

test("what is queued when the store closes is still written", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const writes = Array.from({ length: 1000 }, (_, index) =>
    store.write("createResource", newAgent(`agt-${index}`)),
  );
  const closing = temporary.close();
  const late = await rejectionOf(store.write("createResource", newAgent("late")));
  expect(late.code).toBe("unavailable");
  await closing;
  await Promise.all(writes);
  const reopened = await temporary.reopen();
  expect(reopened.read.count({ kinds: [agentKind] })).toBe(1000);
});

test("the write-ahead log stays small however much is written", async () => {
  await using temporary = await TemporaryStore.open();
  const { store, file } = temporary;
  const body = new Uint8Array(1024 * 1024);
  let largest = 0;
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        store.write("createResource", newAgent(`agt-${round}-${index}`, { body })),
      ),
    );
    largest = Math.max(largest, statSync(`${file}-wal`).size);
  }
  expect(largest).toBeGreaterThan(0);
  expect(largest).toBeLessThan(64 * 1024 * 1024);
});
