import { expect, test } from "bun:test";
import { readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { readDaemonRecord, removeDaemonRecord, writeDaemonRecord } from "./daemon-record.ts";
import type { DaemonRecord } from "./daemon-record.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

const record: DaemonRecord = {
  pid: 4711,
  startedAt: "2026-01-02T03:04:05.678Z",
  version: "1.2.3",
  buildId: "abc",
  socket: "/home/me/.stigmer/run/stigmer.sock",
  addresses: ["127.0.0.1:50051", "[::1]:50051"],
};

test("a record is read as it was written, from one private file", () => {
  using scratch = new TemporaryFolder();
  const path = scratch.at("daemon.json");
  writeDaemonRecord(path, { ...record, pid: 1 });
  writeDaemonRecord(path, record);
  expect(readDaemonRecord(path)).toEqual(record);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(scratch.path)).toEqual(["daemon.json"]);
});

test("there is no record before one is written, nor after it is removed", () => {
  using scratch = new TemporaryFolder();
  const path = scratch.at("daemon.json");
  expect(readDaemonRecord(path)).toBeUndefined();
  writeDaemonRecord(path, record);
  removeDaemonRecord(path);
  removeDaemonRecord(path);
  expect(readDaemonRecord(path)).toBeUndefined();
});

test.each([
  ["nothing", ""],
  ["half a record", '{"pid": 47'],
  ["another document", "[]"],
  ["null", "null"],
  ["a pid that would signal everything", JSON.stringify({ ...record, pid: -1 })],
  ["a missing socket", JSON.stringify({ ...record, socket: undefined })],
  ["an address that is no text", JSON.stringify({ ...record, addresses: [1] })],
])("%s reads as no record", (_, text) => {
  using scratch = new TemporaryFolder();
  writeFileSync(scratch.at("daemon.json"), text, { mode: 0o600 });
  expect(readDaemonRecord(scratch.at("daemon.json"))).toBeUndefined();
});

test("a record behind a symbolic link is refused", () => {
  using scratch = new TemporaryFolder();
  writeDaemonRecord(scratch.at("real.json"), record);
  symlinkSync(scratch.at("real.json"), scratch.at("daemon.json"));
  expect(() => readDaemonRecord(scratch.at("daemon.json"))).toThrow(
    expect.objectContaining({ code: "permission-denied" }),
  );
});
