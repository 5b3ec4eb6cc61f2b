import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import {
  createPrivateFile,
  readPrivateFile,
  removeFile,
  replacePrivateFile,
} from "./private-file.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

test("a created file is whole, 0600, and never replaces another", () => {
  using scratch = new TemporaryFolder();
  expect(createPrivateFile(scratch.at("key"), "first")).toBe(true);
  expect(createPrivateFile(scratch.at("key"), "second")).toBe(false);
  expect(readPrivateFile(scratch.at("key"))).toBe("first");
  expect(statSync(scratch.at("key")).mode & 0o777).toBe(0o600);
  expect(readdirSync(scratch.path)).toEqual(["key"]);
});

test("a replaced file is closed to others, whatever it was", () => {
  using scratch = new TemporaryFolder();
  writeFileSync(scratch.at("key"), "old");
  chmodSync(scratch.at("key"), 0o666);
  expect(() => readPrivateFile(scratch.at("key"))).toThrow(
    expect.objectContaining({ code: "permission-denied" }),
  );
  replacePrivateFile(scratch.at("key"), "new");
  expect(readPrivateFile(scratch.at("key"))).toBe("new");
});

describe("a write that fails", () => {
  test("names the file and leaves no draft behind", () => {
    using scratch = new TemporaryFolder();
    mkdirSync(scratch.at("key"));
    expect(() => replacePrivateFile(scratch.at("key"), "new")).toThrow(
      expect.objectContaining({
        code: "failed-precondition",
        message: expect.stringContaining(scratch.at("key")),
      }),
    );
    expect(readdirSync(scratch.path)).toEqual(["key"]);
  });

  test("in a folder that is gone says so", () => {
    using scratch = new TemporaryFolder();
    expect(() => createPrivateFile(scratch.at("gone/key"), "new")).toThrow(
      expect.objectContaining({ code: "not-found" }),
    );
  });
});

test("removing what is gone is fine, and what is missing reads as undefined", () => {
  using scratch = new TemporaryFolder();
  removeFile(scratch.at("key"));
  expect(readPrivateFile(scratch.at("key"))).toBeUndefined();
});
