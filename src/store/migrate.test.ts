import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { TemporaryFolder } from "../system/testing/temporary-folder.ts";
import { dataVersion } from "./data-version.ts";
import { keptCopyOf } from "./migrate.ts";
import { openForWriting } from "./open-database.ts";
import { migrations } from "./schema/migrations.ts";
import { errorOf, newAgent, rejectionOf } from "./testing/samples.ts";
import { openIn, TemporaryStore } from "./testing/temporary-store.ts";

const addTable = "create table extra (id text primary key) strict; insert into extra values ('x');";

test("the files of the store are for the user alone", async () => {
  await using temporary = await TemporaryStore.open();
  await temporary.store.write("createResource", newAgent("agt-1"));
  for (const suffix of ["", "-wal", "-shm"]) {
    expect(statSync(temporary.file + suffix).mode & 0o777).toBe(0o600);
  }
  expect(statSync(temporary.artifactsDir).mode & 0o777).toBe(0o700);
});

test("a new file has the newest version and no kept copy", async () => {
  await using temporary = await TemporaryStore.open();
  expect(dataVersion(temporary.file)).toBe(migrations.length);
  expect(existsSync(keptCopyOf(temporary.file, 0))).toBe(false);
});

test("data of a newer release is refused and not one byte of it changes", async () => {
  using folder = new TemporaryFolder();
  const file = folder.at("stigmer.db");
  const newer = new Database(file);
  newer.run("pragma journal_mode = wal");
  newer.run(addTable);
  newer.run("pragma user_version = 99");
  // The connection stays open, as after a crash: the version stands only in the write-ahead log.
  const before = [file, `${file}-wal`].map((path) => readFileSync(path));
  expect(before[0]?.readUInt32BE(60)).not.toBe(99);
  const error = await rejectionOf(openIn(folder.path));
  expect(error.code).toBe("newer-data");
  expect([file, `${file}-wal`].map((path) => readFileSync(path))).toEqual(before);
  expect(existsSync(folder.at("artifacts"))).toBe(false);
  newer.close();
  const closed = readFileSync(file);
  expect((await rejectionOf(openIn(folder.path))).code).toBe("newer-data");
  expect(readFileSync(file)).toEqual(closed);
});

test("an older file is copied as it was, then migrated", () => {
  using folder = new TemporaryFolder();
  const file = folder.at("stigmer.db");
  openForWriting(file, [addTable])[Symbol.dispose]();
  const older = readFileSync(file);
  using db = openForWriting(file, [addTable, "insert into extra values ('y')"]);
  expect(dataVersion(file)).toBe(2);
  expect(db.all<{ id: string }>("select id from extra")).toEqual([{ id: "x" }, { id: "y" }]);
  expect(readFileSync(keptCopyOf(file, 1))).toEqual(older);
  expect(statSync(keptCopyOf(file, 1)).mode & 0o777).toBe(0o600);
});

test("a migration that fails leaves the file at the version before", () => {
  using folder = new TemporaryFolder();
  const file = folder.at("stigmer.db");
  openForWriting(file, [addTable])[Symbol.dispose]();
  const broken = "insert into extra values ('y'); insert into nothing values (1);";
  expect(errorOf(() => openForWriting(file, [addTable, broken])).code).toBe("internal");
  using db = openForWriting(file, [addTable]);
  expect(db.all<{ id: string }>("select id from extra")).toEqual([{ id: "x" }]);
});

test("a file that is no database is refused", async () => {
  using folder = new TemporaryFolder();
  await Bun.write(
    folder.at("stigmer.db"),
    "a text of enough length that is not a database ".repeat(50),
  );
  expect((await rejectionOf(openIn(folder.path))).code).toBe("data-loss");
});
