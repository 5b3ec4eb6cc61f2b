import { expect, test } from "bun:test";

import { z } from "zod";

import { minimalValue } from "./minimal-value.ts";

const cases: [name: string, schema: object, value: unknown][] = [
  [
    "required properties alone",
    { type: "object", properties: { a: { type: "string" }, b: {} }, required: ["a"] },
    { a: "" },
  ],
  ["a constant", { const: 3 }, 3],
  ["the first of an enumeration", { enum: ["x", "y"] }, "x"],
  ["a default", { type: "integer", default: 7 }, 7],
  ["a minimum", { type: "integer", exclusiveMinimum: 4 }, 5],
  ["a maximum below zero", { type: "number", maximum: -1 }, -1],
  ["the least items", { type: "array", minItems: 2, items: { type: "boolean" } }, [false, false]],
  ["a format", { type: "string", format: "date" }, "2000-01-01"],
  ["a reference", { $ref: "#/$defs/a~1b", $defs: { "a/b": { type: "boolean" } } }, false],
  ["the first alternative", { anyOf: [{ type: "integer" }, { type: "string" }] }, 0],
  [
    "all of several",
    {
      allOf: [
        { type: "object", required: ["a"], properties: { a: { const: 1 } } },
        { required: ["b"], properties: { b: { const: 2 } } },
      ],
    },
    { a: 1, b: 2 },
  ],
  ["a list of types", { type: ["null", "string"] }, ""],
  [
    "types in capitals",
    { type: "OBJECT", required: ["n"], properties: { n: { type: "INTEGER" } } },
    { n: 0 },
  ],
];
test.each(cases)("the minimal value satisfies %s", (_name, schema, value) => {
  expect(minimalValue(schema)).toEqual(value as never);
});

test("a schema that requires itself ends", () => {
  const schema = { type: "object", required: ["next"], properties: { next: { $ref: "#" } } };
  expect(JSON.stringify(minimalValue(schema)).length).toBeLessThan(500);
});

test("what zod makes of a tool's schema is satisfied", () => {
  const shape = z.object({
    path: z.string().min(3),
    mode: z.enum(["r", "w"]),
    at: z.iso.datetime(),
    id: z.uuid(),
    tags: z.array(z.object({ key: z.string() })).min(1),
    limit: z.number().int().positive(),
    note: z.string().optional(),
  });
  const value = minimalValue(z.toJSONSchema(shape));
  expect(shape.safeParse(value).error).toBeUndefined();
});
