import { messageOf } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";
import { formOf } from "./schema-keywords.ts";
import { isObject } from "./subschemas.ts";

/** What a value breaks, and where in it: a JSON pointer, empty for the whole value. */
export interface ValueProblem {
  readonly pointer: string;
  readonly message: string;
}

/** What is wrong with a value; empty when nothing is. */
export type SchemaValidator = (value: Json) => ValueProblem[];

/** Values, however deep they stand: the check of `uniqueItems` compares each with each. */
const maxValues = 20_000;
const maxDepth = 100;

/** Say nothing that the problems inside of them do not say better. */
const wrappers: ReadonlySet<string> = new Set([
  "$ref",
  "allOf",
  "if",
  "properties",
  "patternProperties",
  "additionalProperties",
  "unevaluatedProperties",
  "dependentSchemas",
  "items",
  "prefixItems",
  "unevaluatedItems",
]);

/**
 * A validator for a schema that `checkSchema` found good. `format` is checked where it is known.
 */
export async function compileSchema(schema: Json): Promise<SchemaValidator> {
  // Interprets the schema: no code is generated. 7 KB, against 134 KB of the usual one.
  const { Validator } = await import("@cfworker/json-schema");
  const known = knownPart(schema);
  const validator = new Validator(
    known as ConstructorParameters<typeof Validator>[0],
    "2020-12",
    false,
  );
  return (value) => {
    const tooLarge = findTooLarge(value);
    if (tooLarge !== undefined) return [{ pointer: "", message: tooLarge }];
    try {
      return validator
        .validate(value)
        .errors.filter(({ keyword }) => !wrappers.has(keyword))
        .map(({ keyword, instanceLocation, error }) => ({
          pointer: instanceLocation.slice(1),
          message: keyword === "false" ? "is not allowed here" : error,
        }));
    } catch (thrown) {
      return [{ pointer: "", message: `cannot be checked: ${messageOf(thrown)}` }];
    }
  };
}

/** A copy without notes, in which the library would look for schemas, and without its identity. */
function knownPart(schema: Json): Json {
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]) => {
      switch (formOf(keyword)) {
        case undefined:
        case "dialect":
        case "identity":
          return [];
        case "schema":
          return [[keyword, knownPart(value)]];
        case "schemas":
          return [[keyword, (value as readonly Json[]).map(knownPart)]];
        case "schema-map":
          return [[keyword, mapValues(value as { readonly [name: string]: Json })]];
        default:
          return [[keyword, value]];
      }
    }),
  );
}

function mapValues(schemas: { readonly [name: string]: Json }): Json {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, knownPart(schema)]),
  );
}

function findTooLarge(value: Json): string | undefined {
  let count = 0;
  const open: { readonly value: Json; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value: at, depth } = next;
    count += 1;
    if (count > maxValues) return `has more than ${maxValues} values`;
    if (depth > maxDepth) return `is nested deeper than ${maxDepth}`;
    if (typeof at !== "object" || at === null) continue;
    for (const item of Object.values(at)) open.push({ value: item, depth: depth + 1 });
  }
  return undefined;
}
