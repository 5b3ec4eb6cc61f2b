import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { damage } from "./testing/damage.ts";
import {
  agentKind,
  bytes,
  errorOf,
  executionKind,
  newAgent,
  newExecution,
  rejectionOf,
} from "./testing/samples.ts";
import { TemporaryStore } from "./testing/temporary-store.ts";

test("one changed byte of a resource is named, and every other resource stays readable", async () => {
  await using temporary = await TemporaryStore.open();
  for (const id of ["agt-1", "agt-2", "agt-3"]) {
    await temporary.store.write("createResource", newAgent(id));
  }
  const store = await damage(temporary, "body of agt-2");
  const error = errorOf(() => store.read.get(agentKind, "agt-2"));
  expect(error.code).toBe("data-loss");
  expect(error.message).toContain(`table resource (kind ${agentKind}, id agt-2)`);
  expect(store.read.get(agentKind, "agt-1")?.body).toEqual(bytes("body of agt-1"));
  const { items } = store.read.list({ kinds: [agentKind], pageSize: 10 });
  expect(
    items.map((item) => (item.kind === "intact" ? item.row.id : [item.table, item.id])),
  ).toEqual(["agt-3", ["resource", "agt-2"], "agt-1"]);
});

test("a damaged resource cannot be changed by mistake, but deleted", async () => {
  await using temporary = await TemporaryStore.open();
  await temporary.store.write("createResource", newAgent("agt-1"));
  const store = await damage(temporary, "body of agt-1");
  const update = store.write("updateResource", { id: "agt-1", updatedAt: 2, name: "x" });
  expect((await rejectionOf(update)).code).toBe("data-loss");
  await store.write("deleteResource", { id: "agt-1", definitionKinds: [] });
  expect(store.read.count({ kinds: [agentKind] })).toBe(0);
});

test("a damaged execution is reported to dispatch and never claimed", async () => {
  await using temporary = await TemporaryStore.open();
  const credentialProviders = "a recognisable provider";
  await temporary.store.write("createExecution", newExecution("aex-1", 1, { credentialProviders }));
  await temporary.store.write("createExecution", newExecution("aex-2", 2));
  const store = await damage(temporary, credentialProviders);
  expect(store.read.claimable(10, 10).map(({ kind }) => kind)).toEqual(["corrupt", "intact"]);
  const claim = { id: "aex-1", runnerId: "r", leaseUntil: 20, now: 10 };
  expect((await rejectionOf(store.write("claim", claim))).code).toBe("data-loss");
});

test("a damaged execution keeps no other from its lease or a daemon from starting", async () => {
  await using temporary = await TemporaryStore.open();
  const credentialProviders = "a recognisable provider";
  await temporary.store.write("createExecution", newExecution("aex-1", 1, { credentialProviders }));
  await temporary.store.write("createExecution", newExecution("aex-2", 2));
  const claim = { runnerId: "r", leaseUntil: 20, now: 10 };
  const first = await temporary.store.write("claim", { ...claim, id: "aex-1" });
  const second = await temporary.store.write("claim", { ...claim, id: "aex-2" });
  const store = await damage(temporary, credentialProviders);
  const leases = [first, second];
  expect(await store.write("renewLeases", { leases, leaseUntil: 30 })).toEqual(["aex-1"]);
  expect(store.read.execution("aex-2")?.leaseUntil).toBe(30);
  const epoch = { epoch: 1, released: ["aex-2"], corrupt: ["aex-1"] };
  expect(await store.write("openEpoch", undefined)).toEqual(epoch);
});

test("a damaged entry of a journal stops the read there; a damaged message is an item", async () => {
  await using temporary = await TemporaryStore.open();
  await temporary.store.write("createExecution", newExecution("aex-1", 1));
  const payloads = ["payload one", "payload two"].map(bytes);
  await temporary.store.write("append", {
    executionId: "aex-1",
    fencingToken: null,
    expectedSeq: 0,
    at: 1,
    entries: payloads.map((payload) => ({ type: 1, key: "k", at: 1, payload })),
    messages: ["message one", "message two"].map((text, sequence) => ({
      sequence,
      body: bytes(text),
    })),
  });
  await damage(temporary, "payload two");
  const store = await damage(temporary, "message one");
  expect(errorOf(() => store.read.journal("aex-1", 0, 1000)).message).toContain("aex-1, seq 2");
  expect(store.read.messages("aex-1", -1, 10).map(({ kind }) => kind)).toEqual([
    "corrupt",
    "intact",
  ]);
  expect(store.read.get(executionKind, "aex-1")).toBeDefined();
});

test("any flipped byte is harmless or reported, never read as something else", async () => {
  await using temporary = await TemporaryStore.open();
  const written = Array.from({ length: 20 }, (_, index) => newAgent(`agt-${index}`));
  for (const agent of written) await temporary.store.write("createResource", agent);
  await temporary.close();
  const sound = readFileSync(temporary.file);
  for (let round = 0; round < 50; round++) {
    const content = Buffer.from(sound);
    const at = Math.floor(Math.random() * content.length);
    content[at] = (content[at] ?? 0) ^ (1 << (round % 8));
    writeFileSync(temporary.file, content);
    await readAll(temporary, written);
  }
  writeFileSync(temporary.file, sound);
  await temporary.reopen();
}, 60_000);

const reported = ["data-loss", "newer-data", "unavailable", "internal"];

/** Every agent is read as it was written, is missing or damaged by name, or the file is refused. */
async function readAll(
  temporary: TemporaryStore,
  written: readonly ReturnType<typeof newAgent>[],
): Promise<void> {
  const opened = await temporary.reopen().catch((thrown: unknown) => thrown);
  if (opened instanceof Error) {
    expect(reported).toContain((opened as Error & { code: string }).code);
    return;
  }
  for (const { id, body } of written) {
    try {
      const found = temporary.store.read.get(agentKind, id);
      if (found !== undefined) expect(found.body).toEqual(body);
    } catch (thrown) {
      expect(reported).toContain((thrown as Error & { code: string }).code);
    }
  }
  await temporary.close();
}
