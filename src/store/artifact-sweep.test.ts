import { Database } from "bun:sqlite";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import type { Store } from "./store.ts";
import { TemporaryFolder } from "../system/testing/temporary-folder.ts";
import { bytes, newAgent } from "./testing/samples.ts";
import { openIn, TemporaryStore } from "./testing/temporary-store.ts";

const { signal } = new AbortController();
const everything = { before: Number.MAX_SAFE_INTEGER, signal };

async function readAll(store: Store, hash: string): Promise<string> {
  const chunks = await Array.fromAsync(await store.artifacts.open(hash));
  return Buffer.concat(chunks).toString();
}

test("what nothing refers to goes, and what was put a moment ago does not", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("agt-1"));
  const kept = await store.artifacts.put(bytes("kept"), "agt-1");
  const loose = await store.artifacts.put(bytes("loose"));
  const young = { before: loose.createdAt, signal };
  expect(await store.artifacts.sweep(young)).toEqual({ artifacts: 0, files: 0, bytes: 0 });
  expect(await store.artifacts.sweep(everything)).toEqual({ artifacts: 1, files: 0, bytes: 5 });
  expect(readdirSync(temporary.artifactsDir)).toEqual([kept.hash]);
  expect(store.read.hasArtifact(loose.hash)).toBe(false);
  await store.write("deleteResource", { id: "agt-1", definitionKinds: [] });
  await store.artifacts.sweep(everything);
  expect(readdirSync(temporary.artifactsDir)).toEqual([]);
});

test("an artifact of a revision goes when the revision does", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const { hash } = await store.artifacts.put(bytes("archive"));
  const revision = { hash: "h-1", body: bytes("spec"), artifacts: [hash] };
  await store.write("createResource", newAgent("skl-1", { revision }));
  expect((await store.artifacts.sweep(everything)).artifacts).toBe(0);
  await store.write("deleteResource", { id: "skl-1", definitionKinds: [] });
  expect((await store.artifacts.sweep(everything)).artifacts).toBe(0);
  await store.write("collectRevisions", ["h-1"]);
  expect((await store.artifacts.sweep(everything)).artifacts).toBe(1);
});

test("a sweep looks beyond the first page and leaves files that are not its own", async () => {
  await using temporary = await TemporaryStore.open();
  const { artifacts } = temporary.store;
  await Promise.all(Array.from({ length: 450 }, (_, at) => artifacts.put(bytes(`loose ${at}`))));
  writeFileSync(join(temporary.artifactsDir, "f".repeat(64)), "without a row");
  writeFileSync(join(temporary.artifactsDir, "note.txt"), "of a person");
  expect(await artifacts.sweep(everything)).toMatchObject({ artifacts: 450, files: 1 });
  expect(readdirSync(temporary.artifactsDir)).toEqual(["note.txt"]);
});

test("content that is put while it is swept is there afterwards", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  await store.write("createResource", newAgent("agt-1"));
  for (let round = 0; round < 40; round++) {
    const content = bytes(`round ${round}`);
    // oxlint-disable-next-line no-await-in-loop -- a loose one first, then both at once
    await store.artifacts.put(content);
    // oxlint-disable-next-line no-await-in-loop -- see above
    const [{ hash }] = await Promise.all([
      store.artifacts.put(content, "agt-1"),
      store.artifacts.sweep(everything),
    ]);
    // oxlint-disable-next-line no-await-in-loop -- see above
    expect(await readAll(store, hash)).toBe(`round ${round}`);
  }
});

/** Lets a process churn until it ends itself, or is killed after it has said `lines` lines. */
async function churn(folder: string, prefix: string, end: string | number): Promise<string[]> {
  const program = new URL("./testing/artifact-churn.ts", import.meta.url).pathname;
  const step = typeof end === "string" ? [end] : [];
  const child = spawn(process.execPath, [program, folder, prefix, ...step], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let said = "";
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (typeof end === "number" && said.split("\n").length > end) child.kill("SIGKILL");
  }
  const [, killedBy] = await exited;
  expect(killedBy).toBe("SIGKILL");
  return said.split("\n").slice(0, -1);
}

/** Everything that was acknowledged is there, and after a sweep nothing else is. */
async function expectWhole(folder: string, said: readonly string[]): Promise<void> {
  const store = await openIn(folder);
  try {
    const deleted = new Set(said.flatMap((line) => /^deleting (\S+)/.exec(line)?.[1] ?? []));
    const kept = said.flatMap((line) => {
      const [, id = "", hash = ""] = /^kept (\S+) (\S+)/.exec(line) ?? [];
      return id === "" || deleted.has(id) ? [] : [{ id, hash }];
    });
    const references = referencesIn(folder);
    expect(references).toEqual(expect.arrayContaining(kept));
    const hashes = [...new Set(references.map(({ hash }) => hash))].toSorted();
    for (const hash of hashes) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await readAll(store, hash)).toStartWith("content ");
    }
    await store.artifacts.sweep(everything);
    expect(readdirSync(join(folder, "artifacts")).toSorted()).toEqual(hashes);
    expect(store.read.artifactUse("", 100, 0).map(({ hash }) => hash)).toEqual(hashes);
  } finally {
    await store[Symbol.asyncDispose]();
  }
}

function referencesIn(folder: string): { id: string; hash: string }[] {
  using db = new Database(join(folder, "stigmer.db"), { readonly: true });
  return db
    .query<{ id: string; hash: string }, []>(
      "select resource_id as id, hash from resource_artifact",
    )
    .all();
}

test.each(["named", "dropped"])("a kill between row and file (%s) loses nothing", async (step) => {
  using folder = new TemporaryFolder();
  const said = await churn(folder.path, "a", step);
  await expectWhole(folder.path, said);
});

test("kills at any moment lose no artifact that is referred to and leave none that is not", async () => {
  using folder = new TemporaryFolder();
  const said: string[] = [];
  for (let round = 0; round < 8; round++) {
    const lines = 20 + Math.floor(Math.random() * 100);
    // oxlint-disable-next-line no-await-in-loop -- one process after the other over the same folder
    said.push(...(await churn(folder.path, `p${round}`, lines)));
    // oxlint-disable-next-line no-await-in-loop -- see above
    await expectWhole(folder.path, said);
  }
}, 60_000);
