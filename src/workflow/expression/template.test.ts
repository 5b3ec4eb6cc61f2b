import { describe, expect, test } from "bun:test";
import type { Json } from "../../contract/json.ts";
import { Reading } from "../reading/reading.ts";
import { type EvaluationScope, ExpressionError } from "./expression.ts";
import { bareExpression, template } from "./expression-readers.ts";
import { evaluateTemplate } from "./template.ts";

const none = new Set<string>();
const useNames = {
  of: { authentications: none, errors: none, functions: none, retries: none, timeouts: none },
  secrets: none,
};
const place = (value: Json) => ({
  value,
  pointer: "/x",
  reading: new Reading(useNames),
  variables: ["item"],
  usesSecrets: false,
});
const scope: EvaluationScope = {
  input: { name: "Ada", n: 2, list: [1, 2], note: "${ .n }", nothing: null },
  variables: { item: { id: 7 }, context: { seen: true } },
  now: () => 1_700_000_000_000,
};

describe("what a template gives", () => {
  test.each<[Json, Json]>([
    [5, 5],
    ["text", "text"],
    ["${ .n + 1 }", 3],
    [" ${ .list } ", [1, 2]],
    ["Hello ${ .name }, ${ .list } ${ .nothing }", "Hello Ada, [1,2] null"],
    [{ a: ["${ $item.id }", { b: "${ $context.seen }" }] }, { a: [7, { b: true }] }],
    [
      { __proto__x: 1, same: [1, { two: 2 }] },
      { __proto__x: 1, same: [1, { two: 2 }] },
    ],
    ["${ now }", 1_700_000_000],
    // What an expression gives is never read again.
    ["${ .note }", "${ .n }"],
    ["${ .list[] }", 1],
  ])("%j", (written, given) => {
    const read = template(place(written));
    expect(evaluateTemplate(read!, scope)).toEqual(given);
  });

  test("is the very constant where nothing is computed", () => {
    const written = { a: [1, { b: "c" }] };
    expect(evaluateTemplate(template(place(written))!, scope)).toBe(written);
  });
});

describe("an expression", () => {
  const evaluate = (source: string): Json => bareExpression(place(source))!.evaluate(scope);

  test.each<[string, Json]>([
    [".n > 1", true],
    ["${ .n > 1 }", true],
    ["$item.id", 7],
  ])("%s is one with and without braces", (source, given) => {
    expect(evaluate(source)).toEqual(given);
  });

  test.each([
    ["empty", "gave no result"],
    [".name + 1", "cannot be added"],
    ["def f: f; f", "steps"],
    ["[range(infinite)]", "steps"],
  ])("%s fails with its place", (source, why) => {
    let thrown: unknown;
    try {
      evaluate(source);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ExpressionError);
    expect((thrown as ExpressionError).pointer).toBe("/x");
    expect((thrown as ExpressionError).message).toContain(why);
  });

  test.each([
    ["empty", false],
    [".nothing", false],
    ["false", false],
    ["0", true],
    ['""', true],
  ])("as a condition %s is %p", (source, holds) => {
    expect(bareExpression(place(source))!.holds(scope)).toBe(holds);
  });
});
