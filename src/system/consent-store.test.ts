import { chmodSync, existsSync, mkdtempSync, renameSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "bun:test";
import { ConsentStore, digestOf, type ShownProgram } from "./consent-store.ts";

const program: ShownProgram = {
  kind: "shell",
  argv: ["/bin/sh", "-c", "ls"],
  variables: ["A", "B"],
  folder: "/home/me",
};

let folder = "";
let store = new ConsentStore("");
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "consent-")), "consents");
  store = new ConsentStore(folder);
});

describe("consent", () => {
  test("is there once it is given, until it is revoked", () => {
    expect(store.has(program)).toBe(false);
    const digest = store.grant(program);
    expect(store.has(program)).toBe(true);
    expect(store.list()).toEqual([{ digest, program }]);
    store.revoke(digest);
    expect(store.has(program)).toBe(false);
    expect(store.list()).toEqual([]);
  });

  const others: [what: string, change: Partial<ShownProgram>][] = [
    ["another argument", { argv: ["/bin/sh", "-c", "ls", "/"] }],
    ["the same words cut elsewhere", { argv: ["/bin/sh", "-c ls"] }],
    ["another variable", { variables: ["A", "B", "C"] }],
    ["another folder", { folder: "/" }],
    ["a source", { source: "ls" }],
    ["another kind", { kind: "script" }],
  ];
  test.each(others)("does not hold for %s", (_, change) => {
    store.grant(program);
    expect(store.has({ ...program, ...change })).toBe(false);
  });

  test("holds whatever the order of variables", () => {
    store.grant(program);
    expect(store.has({ ...program, variables: ["B", "A"] })).toBe(true);
  });

  test("may be given twice", () => {
    expect(store.grant(program)).toBe(store.grant(program));
    expect(store.list()).toHaveLength(1);
  });

  test("lies in a folder and a file of this user alone", () => {
    const path = join(folder, `${store.grant(program)}.json`);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    expect(() => store.has(program)).toThrow(
      expect.objectContaining({ code: "permission-denied" }),
    );
  });

  test("to one program is none to another under whose name its file is put", () => {
    const other = { ...program, folder: "/" };
    renameSync(
      join(folder, `${store.grant(program)}.json`),
      join(folder, `${digestOf(other)}.json`),
    );
    expect(store.has(other)).toBe(false);
  });

  test("that was never given makes no folder", () => {
    store.has(program);
    expect(existsSync(folder)).toBe(false);
  });
});
