import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { refuseIdLikeSlug, slugOf } from "./slug.ts";

test.each([
  ["Code Reviewer", "code-reviewer"],
  ["  --Ünïcode__Größe!  ", "unicode-gro-e"],
  ["ﬁle № 5", "file-no-5"],
  [`${"a".repeat(62)} b`, "a".repeat(62)],
])("%p becomes the slug %p", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});

test("whatever the name, its slug is one that the contract takes, and its own slug", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom("a", "7"), (text, letter) => {
      const slug = slugOf(text + letter);
      expect(slug).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      expect(slugOf(slug)).toBe(slug);
    }),
  );
});

test.each(["", "★", "---"])("nothing is left of %p", (name) => {
  expect(() => slugOf(name)).toThrow("metadata.slug");
});

test("only what has a prefix of ours and a ULID is shaped like an id", () => {
  expect(() => refuseIdLikeSlug("agt-01m856vyfhqyzn67p5mhm5rm27")).toThrow("shaped like an id");
  refuseIdLikeSlug("xyz-01m856vyfhqyzn67p5mhm5rm27");
  refuseIdLikeSlug("agt-01m856vyfhqyzn67p5mhm5rm2");
});
