import { describe, expect, test } from "bun:test";
import { JqError, JqLimitError } from "../errors.ts";
import { Meter } from "../meter.ts";
import { findMatches, RegexCache } from "./find-matches.ts";

const regexes = new RegexCache();

function found(text: string, pattern: string, flags = ""): string[] {
  return findMatches(text, { pattern, flags }, { meter: new Meter(), regexes, all: true }).map(
    ({ string }) => string,
  );
}

describe("an expression finds", () => {
  test.each([
    ["aAbB", "(?i)a", ["a", "A"]],
    ["a\nb", "a.b", []],
    ["a\nb", "(?s)a.b", ["a\nb"]],
    ["a\nb", "^b", []],
    ["a\nb", "(?m)^b", ["b"]],
    ["ab\n", "b$", ["b"]],
    ["ab\n", "b\\z", []],
    ["foo  bar", "\\w+", ["foo", "bar"]],
    ["é1_", "[[:alpha:]]+", ["é"]],
    ["aβγ", "\\p{Greek}+", ["βγ"]],
    ["x1y", "[^\\d]", ["x", "y"]],
    ["abcd", "[a-d&&[^b]]+", ["a", "cd"]],
    ["aaa", "a{2}", ["aa"]],
    ["aaa", "a+?", ["a", "a", "a"]],
    ["aab", "a++b", ["aab"]],
    ["aab", "(?>a+)ab", []],
    ["foobar", "foo(?=bar)", ["foo"]],
    ["foobar", "(?<=foo)bar", ["bar"]],
    ["foobar", "(?<!foo)bar", []],
    ["abab", "(ab)\\1", ["abab"]],
    ["abAB", "(?i)(?<x>ab)\\k<x>", ["abAB"]],
    ["a😀b", ".", ["a", "😀", "b"]],
    ["a b", "a\\ b", ["a b"]],
    ["", "", [""]],
    ["ab", "", ["", "", ""]],
    ["xx", "(?:)*", ["", "", ""]],
    ["aXb", "(a|b|)*X", ["aX"]],
  ] as const)("in %j by %s: %j", (text, pattern, expected) => {
    expect(found(text, pattern)).toEqual([...expected]);
  });

  test("with its flags", () => {
    expect(found("ab", "a|ab", "l")).toEqual(["ab"]);
    expect(found("aba", "a?", "n")).toEqual(["a", "a"]);
    expect(found("a\nb", "a.b", "p")).toEqual(["a\nb"]);
    expect(found("ab", "a b # both", "x")).toEqual(["ab"]);
  });
});

describe("an expression is refused:", () => {
  test.each([
    "(",
    "[a",
    "*",
    "a)",
    "\\p{Nothing}",
    "(?<a",
    "a{3,2}",
    "\\k<a>",
    "((a{1000}){1000}){9}",
  ])("%s", (pattern) => expect(() => found("a", pattern)).toThrow(JqError));

  test("for a flag that is none", () => expect(() => found("a", "a", "q")).toThrow(JqError));
});

describe("an expression that goes back a lot", () => {
  const text = "a".repeat(5_000);

  test.each(["(a+)+$", "(a|a)*$", "(a*)*b", "(.*)*x", "(a|aa)+$"])(
    "takes time in proportion to the text, or is stopped: %s",
    (pattern) => {
      const meter = new Meter({ steps: 2_000_000 });
      const search = () =>
        findMatches(`${text}!`, { pattern, flags: "" }, { meter, regexes, all: false });
      const startedAt = performance.now();
      try {
        search();
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(JqLimitError);
      }
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    },
  );

  test("fails in linear time when places need not be tried twice", () => {
    const meter = new Meter({ steps: 400_000 });
    const options = { pattern: "^(a+)+$", flags: "" };
    expect(findMatches(`${text}!`, options, { meter, regexes, all: false })).toEqual([]);
  });
});
