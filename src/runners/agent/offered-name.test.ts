import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { offeredName, offeredPrefix } from "./offered-name.ts";

const server = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const tool = fc.string({ unit: "grapheme", minLength: 1, maxLength: 120 });

describe("the name of a tool as a model sees it", () => {
  test("says its server and its own name where that is possible", () => {
    expect(offeredName("github", "create_issue")).toBe("github__create_issue");
  });

  test("is one that every provider takes", () => {
    fc.assert(
      fc.property(server, tool, (from, name) => {
        expect(offeredName(from, name)).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      }),
    );
  });

  test("starts with what tells the server", () => {
    fc.assert(
      fc.property(server, tool, (from, name) => {
        expect(offeredName(from, name).startsWith(offeredPrefix(from))).toBe(true);
      }),
    );
    expect(offeredName("git-hub", "x").startsWith(offeredPrefix("git"))).toBe(false);
  });

  test("is another for another tool, also when both are cut", () => {
    const selector = (pair: readonly string[]): string => pair.join("\0");
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(server, tool), { selector }), (pairs) => {
        const names = pairs.map(([from, name]) => offeredName(from, name));
        expect(new Set(names).size).toBe(pairs.length);
      }),
    );
    const long = "x".repeat(80);
    expect(offeredName("a", `${long}1`)).not.toBe(offeredName("a", `${long}2`));
    expect(offeredName("a", "b c")).not.toBe(offeredName("a", "b_c"));
  });
});
