import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { inspectStore } from "./inspect-store.ts";
import { damage } from "./testing/damage.ts";
import { bytes, newAgent } from "./testing/samples.ts";
import { TemporaryStore } from "./testing/temporary-store.ts";

const whole = { complete: true, damaged: 0, examples: [] };

test("an inspection counts what is whole", async () => {
  await using temporary = await TemporaryStore.open();
  for (const id of ["agt-1", "agt-2"]) await temporary.store.write("createResource", newAgent(id));
  await temporary.store.artifacts.put(bytes("large"));
  const found = await temporary.store.inspect(5_000);
  expect(found).toMatchObject({ structure: whole, rows: whole, artifacts: whole });
  expect(found.rows.checked).toBeGreaterThan(2);
  expect(found.artifacts.checked).toBe(1);
  expect(found.databaseBytes).toBeGreaterThan(0);
});

test("an inspection names the damaged row and goes on behind it", async () => {
  await using temporary = await TemporaryStore.open();
  for (const id of ["agt-1", "agt-2", "agt-3"]) {
    await temporary.store.write("createResource", newAgent(id));
  }
  const before = await temporary.store.inspect(5_000);
  const store = await damage(temporary, "body of agt-2");
  const { rows } = await store.inspect(5_000);
  expect(rows).toMatchObject({ checked: before.rows.checked, complete: true, damaged: 1 });
  expect(rows.examples).toEqual([expect.stringContaining("id agt-2")]);
});

test("an inspection names artifacts without their file", async () => {
  await using temporary = await TemporaryStore.open();
  const { store, artifactsDir } = temporary;
  const [gone, short, kept] = await Promise.all(
    ["gone", "short", "kept"].map((text) => store.artifacts.put(bytes(text))),
  );
  rmSync(join(artifactsDir, gone?.hash ?? ""));
  truncateSync(join(artifactsDir, short?.hash ?? ""), 1);
  const { artifacts } = await store.inspect(5_000);
  expect(artifacts).toMatchObject({ checked: 3, damaged: 2 });
  expect(artifacts.examples.join()).toContain(gone?.hash ?? "");
  expect(artifacts.examples.join()).not.toContain(kept?.hash ?? "");
});

test("an inspection names no artifact that was swept meanwhile", async () => {
  await using temporary = await TemporaryStore.open();
  const { store, artifactsDir, file } = temporary;
  const texts = Array.from({ length: 400 }, (_, index) => `large ${index}`);
  const stored = await Promise.all(texts.map((text) => store.artifacts.put(bytes(text))));
  for (const { hash } of stored) rmSync(join(artifactsDir, hash));
  const inspected = inspectStore({ file, artifactsDir, budgetMs: 30_000 });
  // Each file is a turn at least, so that this comes in the middle.
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  using db = new Database(file);
  db.run("delete from artifact");
  expect((await inspected).artifacts).toMatchObject({ complete: true, damaged: 0 });
});

test("an inspection ends when its time is over, and lets others work meanwhile", async () => {
  await using temporary = await TemporaryStore.open();
  const { store } = temporary;
  const body = new Uint8Array(500_000);
  for (let index = 0; index < 100; index++) {
    await store.write("createResource", { ...newAgent(`agt-${index}`), body });
  }
  const { rows } = await store.inspect(0);
  expect(rows.complete).toBe(false);

  let turns = 0;
  const counting = setInterval(() => (turns += 1), 0);
  const { file, artifactsDir } = temporary;
  const found = await inspectStore({ file, artifactsDir, budgetMs: 30_000 });
  clearInterval(counting);
  expect(found.rows).toMatchObject({ ...whole });
  expect(turns).toBeGreaterThan(0);
});
