import { describe, expect, test } from "bun:test";
import type { Json } from "../contract/json.ts";
import { checkSchema } from "./check-schema.ts";

describe("a schema is good", () => {
  test.each<[string, Json]>([
    ["when it is empty", {}],
    ["when it is a boolean", true],
    [
      "with references to its own places, also to itself through a step into the value",
      {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        $id: "https://example.com/tree",
        $defs: { "a/b c": { type: "string" }, named: { $anchor: "named", type: "number" } },
        type: "object",
        properties: {
          text: { $ref: "#/$defs/a~1b%20c" },
          size: { $ref: "#named" },
          children: { type: "array", items: { $ref: "#" } },
        },
      },
    ],
    [
      "with notes that are no keywords, whatever is in them",
      { "x-note": { type: "nothing", $ref: 5 }, example: 1 },
    ],
    ["with properties that are named like keywords", { properties: { $ref: true, type: {} } }],
  ])("%s", (_, schema) => {
    expect(checkSchema(schema)).toEqual([]);
  });
});

describe("a schema is refused, at the place of its mistake,", () => {
  test.each<[string, Json, string, string]>([
    [
      "for a type that is none",
      { properties: { a: { type: "sting" } } },
      "properties.a.type",
      'did you mean "string"?',
    ],
    [
      "for a required that is no list",
      { required: "a" },
      "required",
      "is no list of different names",
    ],
    ["for a subschema that is none", { items: [{}] }, "items", "is no schema"],
    [
      "for a broken pattern",
      { properties: { "a b": { pattern: "(" } } },
      'properties["a b"].pattern',
      "is no regular expression",
    ],
    [
      "for a broken pattern of names",
      { patternProperties: { "(": {} } },
      "patternProperties",
      "is no regular expression",
    ],
    ["for a count below 0", { minLength: -1 }, "minLength", "is no whole number"],
    [
      "for another dialect",
      { $schema: "http://json-schema.org/draft-07/schema#" },
      "$schema",
      "is not https://json-schema.org/draft/2020-12/schema",
    ],
    [
      "for a reference to another document",
      { anyOf: [{}, { $ref: "https://example.com/a" }] },
      "anyOf[1].$ref",
      "nothing is fetched",
    ],
    ["for a reference to a file", { $ref: "other.json#/a" }, "$ref", "nothing is fetched"],
    [
      "for a reference to a place that is not there",
      { $ref: "#/$defs/lost" },
      "$ref",
      'there is no schema at "#/$defs/lost"',
    ],
    [
      "for a reference to a place that is no schema",
      { required: ["a"], $ref: "#/required" },
      "$ref",
      "there is no schema",
    ],
    ["for a reference to itself", { $ref: "#" }, "", "would never end"],
    [
      "for a circle of references",
      { $defs: { a: { allOf: [{ $ref: "#/$defs/b" }] }, b: { not: { $ref: "#/$defs/a" } } } },
      "$defs.a",
      "would never end",
    ],
    [
      "for what would change its meaning",
      { $dynamicRef: "#x" },
      "$dynamicRef",
      "is not understood",
    ],
    [
      "for an identity inside of it",
      { properties: { a: { $id: "b" } } },
      "properties.a.$id",
      "only stand at the root",
    ],
    ["for its size", { enum: ["x".repeat(70_000)] }, "", "65536 are the limit"],
  ])("%s", (_, schema, path, message) => {
    const [problem] = checkSchema(schema);
    expect(problem?.path).toBe(path);
    expect(problem?.message).toContain(message);
  });

  test("every mistake of it", () => {
    expect(checkSchema({ type: "x", minItems: "y", maxItems: 1.5 }).length).toBe(3);
  });
});
