import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { bytes, newAgent, newExecution, rejectionOf } from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";

/** What the file says, read beside the store. */
function rows(temporary: TemporaryStore, sql: string): unknown[] {
  using db = new Database(temporary.file, { readonly: true });
  return db.query(sql).all();
}

test("an artifact that is kept for an execution stays with it", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createExecution", newExecution("aex-1", 1));
  const { hash } = await store.artifacts.put(bytes("large"), "aex-1");
  await store.artifacts.put(bytes("large"), "aex-1");
  const references = "select resource_id as id, hash from resource_artifact";
  expect(rows(temporary, references)).toEqual([{ id: "aex-1", hash }]);
  await store.write("deleteResource", { id: "aex-1", definitionKinds: [] });
  expect(rows(temporary, references)).toEqual([]);
});

test("an artifact cannot be kept for what is gone", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const error = await rejectionOf(store.artifacts.put(bytes("large"), "aex-1"));
  expect(error.code).toBe("not-found");
  expect(error.message).toContain("aex-1");
});

test("an execution keeps the artifacts that it was given, and is refused without them", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const { hash, createdAt } = await store.artifacts.put(bytes("picture"));
  const given = { artifacts: [hash, hash] };
  await store.write("createExecution", newExecution("aex-1", 1, given));
  const drop = { hash, before: createdAt + 1 };
  expect(await store.write("dropArtifact", drop)).toBe(false);
  await store.write("deleteResource", { id: "aex-1", definitionKinds: [] });
  expect(await store.write("dropArtifact", drop)).toBe(true);
  const error = await rejectionOf(store.write("createExecution", newExecution("aex-2", 2, given)));
  expect(error.code).toBe("failed-precondition");
  expect(store.read.execution("aex-2")).toBeUndefined();
});

test("a revision refers to its artifacts, and to none that is not stored", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const { hash } = await store.artifacts.put(bytes("archive"));
  const revision = { hash: "r-1", body: bytes("spec"), artifacts: [hash] };
  await store.write("createResource", newAgent("skl-1", { revision }));
  expect(rows(temporary, "select * from revision_artifact")).toEqual([
    { revision_hash: "r-1", hash },
  ]);
  const missing = { hash: "r-2", body: bytes("spec 2"), artifacts: ["0".repeat(64)] };
  const refused = store.write("updateResource", { id: "skl-1", updatedAt: 2, revision: missing });
  const error = await rejectionOf(refused);
  expect(error.code).toBe("failed-precondition");
  expect(error.message).toContain("0000");
  expect(store.read.getRevision("r-2")).toBeUndefined();
});

test("a resource has its current revision, or all it ever had when it asks for them", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const first = { hash: "r-1", body: bytes("1") };
  const second = { hash: "r-2", body: bytes("2") };
  await store.write("createResource", newAgent("agt-1", { revision: first }));
  await store.write("createResource", newAgent("skl-1", { revision: first, keptRevisions: "all" }));
  await store.write("updateResource", { id: "agt-1", updatedAt: 5, revision: second });
  const update = { id: "skl-1", updatedAt: 5, revision: second, keptRevisions: "all" } as const;
  await store.write("updateResource", update);
  const had = "select resource_id as id, hash, since from resource_revision order by 1, 2";
  expect(rows(temporary, had)).toEqual([
    { id: "agt-1", hash: "r-2", since: 5 },
    { id: "skl-1", hash: "r-1", since: 1000 },
    { id: "skl-1", hash: "r-2", since: 5 },
  ]);
});
