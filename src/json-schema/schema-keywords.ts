/** What stands behind a keyword. */
export type KeywordForm =
  | "schema"
  | "schemas"
  | "schema-map"
  | "count"
  | "number"
  | "positive"
  | "text"
  | "pattern"
  | "names"
  | "names-map"
  | "types"
  | "values"
  | "value"
  | "flag"
  | "reference"
  | "dialect"
  | "identity"
  | "refused";

/**
 * The keywords of JSON Schema 2020-12 that are understood. Any other is a note to the reader, as the
 * specification has it (Core, section 4.3.1); `refused` would change what a schema means.
 */
const schemaKeywords: Readonly<Record<string, KeywordForm>> = {
  $schema: "dialect",
  $id: "identity",
  $anchor: "text",
  $ref: "reference",
  $defs: "schema-map",
  definitions: "schema-map",
  $dynamicRef: "refused",
  $dynamicAnchor: "refused",
  $recursiveRef: "refused",
  $recursiveAnchor: "refused",
  $vocabulary: "refused",
  additionalItems: "refused",
  dependencies: "refused",
  type: "types",
  const: "value",
  enum: "values",
  default: "value",
  title: "text",
  description: "text",
  format: "text",
  allOf: "schemas",
  anyOf: "schemas",
  oneOf: "schemas",
  not: "schema",
  if: "schema",
  // oxlint-disable-next-line no-thenable -- the keyword has this name
  then: "schema",
  else: "schema",
  properties: "schema-map",
  patternProperties: "schema-map",
  additionalProperties: "schema",
  unevaluatedProperties: "schema",
  propertyNames: "schema",
  dependentSchemas: "schema-map",
  dependentRequired: "names-map",
  required: "names",
  minProperties: "count",
  maxProperties: "count",
  prefixItems: "schemas",
  items: "schema",
  unevaluatedItems: "schema",
  contains: "schema",
  minContains: "count",
  maxContains: "count",
  minItems: "count",
  maxItems: "count",
  uniqueItems: "flag",
  minimum: "number",
  maximum: "number",
  exclusiveMinimum: "number",
  exclusiveMaximum: "number",
  multipleOf: "positive",
  minLength: "count",
  maxLength: "count",
  pattern: "pattern",
};

/** Applied to the same value as the schema they stand in: a circle of them never ends. */
export const inPlaceKeywords: ReadonlySet<string> = new Set([
  "$ref",
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "dependentSchemas",
]);

/** The name of a keyword's form, or `undefined` for a keyword that is only a note. */
export function formOf(keyword: string): KeywordForm | undefined {
  return Object.hasOwn(schemaKeywords, keyword) ? schemaKeywords[keyword] : undefined;
}
