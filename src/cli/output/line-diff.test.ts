import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { diffLines } from "./line-diff.ts";

const texts = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 25 });

const side = (old: readonly string[], next: readonly string[], without: "old" | "new") =>
  diffLines(old, next).flatMap(({ kind, text }) => (kind === without ? [] : [text]));

/** Length of the longest common subsequence, the slow and plain way. */
function commonLength([first, ...rest]: string[], other: string[]): number {
  if (first === undefined || other.length === 0) return 0;
  const at = other.indexOf(first);
  const without = commonLength(rest, other);
  return at < 0 ? without : Math.max(without, 1 + commonLength(rest, other.slice(at + 1)));
}

test("a diff holds both texts", () => {
  fc.assert(
    fc.property(texts, texts, (old, next) => {
      expect(side(old, next, "new")).toEqual(old);
      expect(side(old, next, "old")).toEqual(next);
    }),
  );
});

test("a diff is as short as can be", () => {
  const short = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });
  fc.assert(
    fc.property(short, short, (old, next) => {
      const same = diffLines(old, next).filter(({ kind }) => kind === "same");
      expect(same.length).toBe(commonLength(old, next));
    }),
  );
});

test("texts that have nothing in common are shown whole, and soon", () => {
  const old = Array.from({ length: 20_000 }, (_, index) => `old ${index}`);
  const next = Array.from({ length: 20_000 }, (_, index) => `new ${index}`);
  expect(diffLines(old, next).length).toBe(40_000);
});
