import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { conflictOf } from "../conflict.ts";
import { agentKind, bytes, newAgent, rejectionOf, sessionKind } from "../testing/samples.ts";
import { TemporaryStore } from "../testing/temporary-store.ts";
import { requestMemoryMs } from "./create-resource.ts";

test("a created resource is read back by id, slug and name, also after a restart", async () => {
  await using temporary = await TemporaryStore.open();
  const { resource, replayed } = await temporary.store.write("createResource", newAgent("agt-1"));
  expect(replayed).toBe(false);
  const { read } = await temporary.reopen();
  expect(read.get(agentKind, "agt-1")).toEqual(resource);
  expect(read.getBySlug(agentKind, "local", "slug-of-agt-1")).toEqual(resource);
  expect(read.findByName(agentKind, "local", "Name of agt-1")).toEqual([resource]);
  expect(read.get(sessionKind, "agt-1")).toBeUndefined();
});

test("a slug is taken once per kind and org, and the error names who has it", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("agt-1", { slug: "reviewer" }));
  const error = await rejectionOf(
    store.write("createResource", newAgent("agt-2", { slug: "reviewer" })),
  );
  expect(error.code).toBe("already-exists");
  expect(error.message).toContain("agt-1");
  await store.write("createResource", newAgent("agt-3", { slug: "reviewer", org: "other" }));
  await store.write("createResource", newAgent("ses-1", { slug: "reviewer", kind: sessionKind }));
});

test("resources without a slug do not compete for it", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("agt-1", { slug: null }));
  await store.write("createResource", newAgent("agt-2", { slug: null }));
  expect(store.read.count({ kinds: [agentKind] })).toBe(2);
});

test("a request id makes one resource, however often and however parallel it is sent", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const request = { requestId: "r-1", method: "create", fingerprint: "f-1" };
  const created = await Promise.all(
    ["agt-1", "agt-2", "agt-3"].map((id) =>
      store.write("createResource", newAgent(id, { slug: "reviewer", request })),
    ),
  );
  expect(created.map(({ resource }) => resource.id)).toEqual(["agt-1", "agt-1", "agt-1"]);
  expect(created.map(({ replayed }) => replayed)).toEqual([false, true, true]);
});

test("a request id with another content is refused, and forgotten after a day", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const request = { requestId: "r-1", method: "create", fingerprint: "f-1" };
  const other = { ...request, fingerprint: "f-2" };
  await store.write("createResource", newAgent("agt-1", { createdAt: 0, request }));
  const error = await rejectionOf(
    store.write("createResource", newAgent("agt-2", { createdAt: 1, request: other })),
  );
  expect(error.code).toBe("invalid-argument");
  const aDayLater = newAgent("agt-2", { createdAt: requestMemoryMs, request: other });
  expect((await store.write("createResource", aDayLater)).replayed).toBe(false);
});

test("an update changes what it names and keeps the rest", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("agt-1", { labels: { team: "a" } }));
  const body = bytes("new");
  const updated = await store.write("updateResource", { id: "agt-1", updatedAt: 2000, body });
  expect(updated).toMatchObject({ resourceVersion: 2, updatedAt: 2000, name: "Name of agt-1" });
  expect(store.read.get(agentKind, "agt-1")).toEqual(updated);
  expect(store.read.count({ kinds: [agentKind], labelSelector: "team=a" })).toBe(1);
});

test("a stale update is refused with what is there now", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("agt-1"));
  const update = { id: "agt-1", expectedVersion: 1, updatedAt: 2000 };
  const current = await store.write("updateResource", { ...update, body: bytes("first") });
  const error = await rejectionOf(
    store.write("updateResource", { ...update, body: bytes("second") }),
  );
  expect(error.code).toBe("conflict");
  expect(conflictOf(error)).toEqual({ kind: "resource-changed", current });
});

test("of writers that all read the same version exactly one wins, in any interleaving", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }), {
        minLength: 1,
        maxLength: 6,
      }),
      async (rounds) => {
        const id = `agt-${run++}`;
        await store.write("createResource", newAgent(id));
        let version = 1;
        for (const round of rounds) {
          const expected = round.map((lag) => Math.max(1, version - lag));
          const outcomes = await Promise.allSettled(
            expected.map((expectedVersion, writer) =>
              store.write("updateResource", {
                id,
                expectedVersion,
                updatedAt: run,
                name: `${version} ${writer}`,
              }),
            ),
          );
          const winner = expected.indexOf(version);
          const won = outcomes.flatMap(({ status }, writer) =>
            status === "fulfilled" ? [writer] : [],
          );
          expect(won).toEqual(winner === -1 ? [] : [winner]);
          if (winner !== -1) {
            expect(store.read.get(agentKind, id)?.name).toBe(`${version} ${winner}`);
            version += 1;
          }
          expect(store.read.get(agentKind, id)?.resourceVersion).toBe(version);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("a definition that is referred to is kept, naming who refers to it", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("mcp-1"));
  await store.write("createResource", newAgent("agt-1", { references: ["mcp-1"] }));
  const history = newAgent("ses-1", { kind: sessionKind, references: ["mcp-1", "agt-1"] });
  await store.write("createResource", history);
  const error = await rejectionOf(
    store.write("deleteResource", { id: "mcp-1", definitionKinds: [agentKind] }),
  );
  expect(error.code).toBe("failed-precondition");
  expect(error.message).toContain("slug-of-agt-1 (agt-1)");
  expect(error.message).not.toContain("ses-1");
  expect(store.read.referrers("mcp-1").map(({ id }) => id)).toEqual(["agt-1", "ses-1"]);
  await store.write("deleteResource", { id: "agt-1", definitionKinds: [agentKind] });
  await store.write("deleteResource", { id: "mcp-1", definitionKinds: [agentKind] });
  expect(store.read.count({ kinds: [agentKind] })).toBe(0);
});

test("a cascade deletes and unlinks what the caller names, or nothing", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("mcp-1"));
  for (const id of ["agt-1", "agt-2", "agt-3"]) {
    await store.write("createResource", newAgent(id, { references: ["mcp-1"] }));
  }
  const unlink = { id: "agt-2", updatedAt: 2000, body: bytes("unlinked"), references: [] };
  const deletion = { id: "mcp-1", definitionKinds: [agentKind] };
  const partial = { delete: ["agt-1"], update: [unlink] };
  const error = await rejectionOf(store.write("deleteResource", { ...deletion, cascade: partial }));
  expect(error.message).toContain("agt-3");
  expect(store.read.get(agentKind, "agt-2")?.resourceVersion).toBe(1);
  const whole = { delete: ["agt-1", "agt-3"], update: [unlink] };
  const gone = await store.write("deleteResource", { ...deletion, cascade: whole });
  expect(gone.map(({ id }) => id).toSorted()).toEqual(["agt-1", "agt-3", "mcp-1"]);
  expect(store.read.get(agentKind, "agt-2")?.body).toEqual(bytes("unlinked"));
});

test("a stale or unknown deletion deletes nothing", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("agt-1"));
  const stale = { id: "agt-1", expectedVersion: 7, definitionKinds: [] };
  expect((await rejectionOf(store.write("deleteResource", stale))).code).toBe("conflict");
  const unknown = { id: "agt-2", definitionKinds: [] };
  expect((await rejectionOf(store.write("deleteResource", unknown))).code).toBe("not-found");
  expect(store.read.count({ kinds: [agentKind] })).toBe(1);
});

test("a set of changes is made as a whole or not at all", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("agt-1"));
  const create = { change: "create", resource: newAgent("agt-2") } as const;
  const stale = { id: "agt-1", updatedAt: 2, expectedVersion: 9 };
  const fresh = { ...stale, expectedVersion: 1 };
  const error = await rejectionOf(
    store.write("changeResources", [create, { change: "update", resource: stale }]),
  );
  expect(error.code).toBe("conflict");
  expect(store.read.get(agentKind, "agt-2")).toBeUndefined();
  await store.write("changeResources", [create, { change: "update", resource: fresh }]);
  expect(store.read.get(agentKind, "agt-2")).toBeDefined();
  expect(store.read.get(agentKind, "agt-1")?.resourceVersion).toBe(2);
});

test("what a file said is kept beside the resource, and goes with it", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const declare = (body: string, expectedVersion = 1) =>
    ({ change: "declare", resource: { id: "agt-1", expectedVersion, body: bytes(body) } }) as const;
  const create = { change: "create", resource: newAgent("agt-1") } as const;
  await store.write("changeResources", [create, declare("said")]);
  await store.write("changeResources", [declare("says")]);
  expect(store.read.getDeclaration("agt-1")?.body).toEqual(bytes("says"));
  expect(store.read.get(agentKind, "agt-1")?.resourceVersion).toBe(1);
  const stale = await rejectionOf(store.write("changeResources", [declare("late", 7)]));
  expect(stale.code).toBe("conflict");
  expect((await temporary.reopen()).read.getDeclaration("agt-1")?.body).toEqual(bytes("says"));
  await temporary.store.write("deleteResource", { id: "agt-1", definitionKinds: [] });
  expect(temporary.store.read.getDeclaration("agt-1")).toBeUndefined();
});

test("a revision stays when the resource that had it moves on", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const revision = { hash: "h-1", body: bytes("spec 1") };
  await store.write("createResource", newAgent("agt-1", { revision }));
  const next = { hash: "h-2", body: bytes("spec 2") };
  await store.write("updateResource", { id: "agt-1", updatedAt: 2, revision: next });
  expect(store.read.get(agentKind, "agt-1")?.revisionHash).toBe("h-2");
  expect(store.read.getRevision("h-1")?.body).toEqual(bytes("spec 1"));
  expect(store.read.getRevision("h-3")).toBeUndefined();
});
