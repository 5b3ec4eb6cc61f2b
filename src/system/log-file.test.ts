import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, symlinkSync } from "node:fs";
import { openLogFile } from "./log-file.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

const linesOf = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n");

test("lines are added to what an earlier process wrote, in a 0600 file", () => {
  using scratch = new TemporaryFolder();
  const options = { path: scratch.at("daemon.log"), maxBytes: 1000, files: 2 };
  for (const line of ["one", "two"]) {
    using log = openLogFile(options);
    log.write(line);
  }
  expect(linesOf(options.path)).toEqual(["one", "two"]);
  expect(statSync(options.path).mode & 0o777).toBe(0o600);
});

describe("rotation", () => {
  test.each([1, 2, 3])("keeps at most %d files of bounded size, the newest lines", (files) => {
    using scratch = new TemporaryFolder();
    using log = openLogFile({ path: scratch.at("daemon.log"), maxBytes: 100, files });
    for (let count = 100; count < 200; count++) log.write(`line ${count}`);
    const names = readdirSync(scratch.path).toSorted();
    expect(names).toEqual(["daemon.log", "daemon.log.1", "daemon.log.2"].slice(0, files));
    for (const name of names) expect(statSync(scratch.at(name)).size).toBeLessThanOrEqual(100);
    const kept = names.toReversed().flatMap((name) => linesOf(scratch.at(name)));
    const newest = Array.from({ length: kept.length }, (_, i) => `line ${200 - kept.length + i}`);
    expect(kept).toEqual(newest);
  });

  test("counts what an earlier process wrote", () => {
    using scratch = new TemporaryFolder();
    const options = { path: scratch.at("daemon.log"), maxBytes: 20, files: 2 };
    for (const line of ["a".repeat(15), "b".repeat(15)]) {
      using log = openLogFile(options);
      log.write(line);
    }
    expect(linesOf(options.path)).toEqual(["b".repeat(15)]);
  });
});

test("lines that cannot be written are counted, and the log goes on afterwards", () => {
  using scratch = new TemporaryFolder();
  using log = openLogFile({ path: scratch.at("daemon.log"), maxBytes: 20, files: 2 });
  log.write("a".repeat(15));
  // A folder where the old file should go makes the rotation fail.
  mkdirSync(scratch.at("daemon.log.1"));
  log.write("b".repeat(15));
  log.write("c".repeat(15));
  rmdirSync(scratch.at("daemon.log.1"));
  log.write("d".repeat(15));
  expect(linesOf(scratch.at("daemon.log"))).toEqual(["d".repeat(15)]);
  expect(JSON.parse(linesOf(scratch.at("daemon.log.1"))[0]!)).toMatchObject({
    message: "log lines dropped",
    count: 2,
  });
});

test("a symbolic link is refused", () => {
  using scratch = new TemporaryFolder();
  symlinkSync("/dev/null", scratch.at("daemon.log"));
  expect(() => openLogFile({ path: scratch.at("daemon.log"), maxBytes: 20, files: 2 })).toThrow(
    expect.objectContaining({ code: "permission-denied" }),
  );
});
