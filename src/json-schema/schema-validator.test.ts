import { describe, expect, test } from "bun:test";
import type { Json } from "../contract/json.ts";
import { compileSchema } from "./schema-validator.ts";

const invoice = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    total: { type: "number", exclusiveMinimum: 0 },
    lines: { type: "array", items: { $ref: "#/$defs/line" }, minItems: 1 },
  },
  required: ["total", "lines"],
  additionalProperties: false,
  $defs: { line: { type: "object", required: ["name"] } },
};

describe("a validator", () => {
  test("finds nothing in a value that satisfies its schema", async () => {
    const validate = await compileSchema(invoice);
    expect(validate({ total: 3.5, lines: [{ name: "tea" }] })).toEqual([]);
  });

  test("names every broken place by its pointer, and not what lies around it", async () => {
    const validate = await compileSchema(invoice);
    expect(validate({ total: 0, lines: [{}], "a/b": 1 })).toEqual(
      [
        { pointer: "/total", message: "0 is less than or equal to 0." },
        { pointer: "/lines/0", message: 'Instance does not have required property "name".' },
        { pointer: "/a~1b", message: "is not allowed here" },
      ].map((each) => expect.objectContaining({ pointer: each.pointer })),
    );
  });

  test("follows the 2020-12 keywords that older drafts do not have", async () => {
    const tuple = await compileSchema({ prefixItems: [{ type: "string" }], items: false });
    expect(tuple(["a"])).toEqual([]);
    expect(tuple(["a", 1])).toEqual([{ pointer: "/1", message: "is not allowed here" }]);
    const dependent = await compileSchema({ dependentRequired: { a: ["b"] } });
    expect(dependent({ a: 1 }).length).toBe(1);
  });

  test("reads no schema in notes, and reaches for no address of an identity", async () => {
    const validate = await compileSchema({
      $id: "https://example.com/x",
      "x-note": { $ref: "::not a reference" },
      $ref: "#/$defs/a",
      $defs: { a: { type: "string" } },
    });
    expect(validate("text")).toEqual([]);
    expect(validate(1).length).toBe(1);
  });

  test("refuses a value that would take too long to look at", async () => {
    const validate = await compileSchema({ uniqueItems: true });
    const started = performance.now();
    const many: Json = Array.from({ length: 200_000 }, (_, index) => index);
    expect(validate(many)).toEqual([{ pointer: "", message: "has more than 20000 values" }]);
    const deep = JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`) as Json;
    expect(validate(deep)).toEqual([{ pointer: "", message: "is nested deeper than 100" }]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
