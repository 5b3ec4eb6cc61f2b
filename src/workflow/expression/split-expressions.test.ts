import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { splitExpressions, UnclosedExpression } from "./split-expressions.ts";

/** Texts as they are, expressions in brackets. */
const split = (text: string): string[] =>
  splitExpressions(text).map((part) => (part.kind === "text" ? part.text : `[${part.source}]`));

test.each<[string, string[]]>([
  ["", [""]],
  ["no expression $x {y}", ["no expression $x {y}"]],
  ["${.a}", ["[.a]"]],
  [" ${ .a } and ${.b}!", [" ", "[ .a ]", " and ", "[.b]", "!"]],
  ["${ {a: {b: 1}} }", ["[ {a: {b: 1}} ]"]],
  ['${ "}" }', ['[ "}" ]']],
  ['${ "\\"}" }', ['[ "\\"}" ]']],
  ['${ "a\\(.b | {c: "}"})d}" }x', ['[ "a\\(.b | {c: "}"})d}" ]', "x"]],
  ["${ .a # } not yet\n }", ["[ .a # } not yet\n ]"]],
])("%j is taken apart", (text, parts) => {
  expect(split(text)).toEqual(parts);
});

test.each(["${", "a ${ .b", "${ {a: 1} ", '${ "}', "${ .a # }"])("%j is never closed", (text) => {
  expect(() => splitExpressions(text)).toThrow(UnclosedExpression);
});

test("every text is its parts again, whatever it holds", () => {
  const piece = fc.constantFrom("${", "}", "{", '"', "\\\\", "(", ")", "#", "\n", "a");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join("");
      try {
        const parts = splitExpressions(text);
        const whole = parts.map((part) =>
          part.kind === "text" ? part.text : `\${${part.source}}`,
        );
        expect(whole.join("")).toBe(text);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(UnclosedExpression);
      }
    }),
  );
});
