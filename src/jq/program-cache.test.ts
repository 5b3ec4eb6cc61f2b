import { expect, test } from "bun:test";
import { JqSyntaxError } from "./errors.ts";
import { JqProgramCache } from "./program-cache.ts";

test("the same text is compiled once for the same names", () => {
  const cache = new JqProgramCache();
  const program = cache.compile("$a", ["a", "b"]);
  expect(cache.compile("$a", ["a", "b"])).toBe(program);
  expect(cache.compile("$a", ["b", "a"])).not.toBe(program);
  expect(() => cache.compile("$a")).toThrow(JqSyntaxError);
});

test("the programs used last are kept", () => {
  const cache = new JqProgramCache({ limit: 2 });
  const [first, second] = [cache.compile("1"), cache.compile("2")];
  expect(cache.compile("1")).toBe(first);
  cache.compile("3");
  expect(cache.compile("1")).toBe(first);
  expect(cache.compile("2")).not.toBe(second);
});
