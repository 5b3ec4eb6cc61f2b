import type { z } from "zod";

type Json = z.core.util.JSONType;
type Schema = Readonly<Record<string, unknown>>;

/** Deeper than any real tool; ends a schema that requires itself. */
const maxDepth = 24;

/**
 * The smallest value a JSON Schema accepts, as far as its plain keywords say: the required
 * properties, the shortest string, the least number. A constant, default, example or enumeration is
 * taken first. `pattern` and conditional keywords are not solved.
 */
export function minimalValue(schema: unknown, root: unknown = schema, depth = 0): Json {
  if (!isSchema(schema) || depth > maxDepth) return null;
  const given = givenValue(schema);
  if (given !== undefined) return given;

  const alternative = target(schema, root) ?? firstOf(schema["anyOf"]) ?? firstOf(schema["oneOf"]);
  if (alternative !== undefined) return minimalValue(alternative, root, depth + 1);
  if (Array.isArray(schema["allOf"])) return minimalValue(mergeAll(schema, root), root, depth + 1);
  return byType[typeOf(schema)]?.(schema, (part) => minimalValue(part, root, depth + 1)) ?? null;
}

type Recurse = (part: unknown) => Json;

const byType: Readonly<Record<string, (schema: Schema, recurse: Recurse) => Json>> = {
  object: minimalObject,
  array: (schema, recurse) =>
    Array.from({ length: numberOf(schema["minItems"]) ?? 0 }, () => recurse(schema["items"])),
  string: minimalString,
  integer: (schema) => Math.ceil(minimalNumber(schema, 1)),
  number: (schema) => minimalNumber(schema, Number.EPSILON),
  boolean: () => false,
};

function minimalObject(schema: Schema, recurse: Recurse): Json {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  return Object.fromEntries(required.map((name) => [name, recurse(properties[name])]));
}

const stringOfFormat: Readonly<Record<string, string>> = {
  "date-time": "2000-01-01T00:00:00Z",
  date: "2000-01-01",
  time: "00:00:00Z",
  duration: "PT0S",
  email: "user@example.com",
  hostname: "example.com",
  ipv4: "127.0.0.1",
  ipv6: "::1",
  uri: "http://example.com/",
  url: "http://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

function minimalString(schema: Schema): string {
  const ofFormat = stringOfFormat[String(schema["format"])];
  return ofFormat ?? "x".repeat(numberOf(schema["minLength"]) ?? 0);
}

function minimalNumber(schema: Schema, step: number): number {
  const exclusive = numberOf(schema["exclusiveMinimum"]);
  const least = numberOf(schema["minimum"]) ?? (exclusive === undefined ? 0 : exclusive + step);
  return Math.min(least, numberOf(schema["maximum"]) ?? least);
}

function givenValue(schema: Schema): Json | undefined {
  if ("const" in schema) return schema["const"] as Json;
  if ("default" in schema) return schema["default"] as Json;
  return (firstOf(schema["examples"]) ?? firstOf(schema["enum"])) as Json | undefined;
}

/** What a `$ref` inside the same schema points at. */
function target(schema: Schema, root: unknown): unknown {
  const reference = schema["$ref"];
  if (typeof reference !== "string" || !reference.startsWith("#")) return undefined;
  const names = reference.slice(1).split("/").filter(Boolean).map(decodePointer);
  return names.reduce<unknown>((at, name) => (isSchema(at) ? at[name] : undefined), root);
}

function decodePointer(name: string): string {
  return decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
}

function mergeAll(schema: Schema, root: unknown): Schema {
  const { allOf, ...rest } = schema;
  const parts = (allOf as unknown[]).map((part) =>
    isSchema(part) ? (target(part, root) ?? part) : {},
  );
  return [...parts, rest].filter(isSchema).reduce<Schema>(merge, {});
}

function merge(left: Schema, right: Schema): Schema {
  return {
    ...left,
    ...right,
    properties: { ...asSchema(left["properties"]), ...asSchema(right["properties"]) },
    required: [...asList(left["required"]), ...asList(right["required"])],
  };
}

/** Google writes types in capitals; a list of types means any of them. */
function typeOf(schema: Schema): string {
  const type = asList(schema["type"]).find((name) => name !== "null") ?? schema["type"];
  if (typeof type === "string") return type.toLowerCase();
  return "properties" in schema ? "object" : "null";
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const asSchema = (value: unknown): Schema => (isSchema(value) ? value : {});
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const firstOf = (value: unknown): unknown => asList(value)[0];
const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" ? value : undefined;
