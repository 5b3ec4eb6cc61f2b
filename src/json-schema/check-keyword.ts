import type { Json } from "../contract/json.ts";
import { nearestName } from "../contract/nearest-name.ts";
import { formOf, type KeywordForm } from "./schema-keywords.ts";
import { isObject } from "./subschemas.ts";

const types = ["array", "boolean", "integer", "null", "number", "object", "string"];
const dialect = "https://json-schema.org/draft/2020-12/schema";

/** What is wrong with the value of a keyword; `undefined` when nothing is. Schemas in it are not looked at. */
export function checkKeyword(keyword: string, value: Json, isRoot: boolean): string | undefined {
  const form = formOf(keyword);
  if (form === undefined) return undefined;
  if (form === "identity" && !isRoot) return "can only stand at the root of the schema";
  return checks[form](value, keyword);
}

type Check = (value: Json, keyword: string) => string | undefined;

const checks: Readonly<Record<KeywordForm, Check>> = {
  schema: () => undefined,
  schemas: (value) =>
    Array.isArray(value) && value.length > 0 ? undefined : "is no list of schemas",
  "schema-map": (value, keyword) =>
    isObject(value) ? checkPatterns(value, keyword) : "is no mapping of names to schemas",
  count: (value) =>
    Number.isInteger(value) && Number(value) >= 0 ? undefined : "is no whole number from 0 on",
  number: (value) => (typeof value === "number" ? undefined : "is no number"),
  positive: (value) =>
    typeof value === "number" && value > 0 ? undefined : "is no number above 0",
  text: (value) => (typeof value === "string" ? undefined : "is no text"),
  pattern: (value) => (typeof value === "string" ? checkPattern(value) : "is no text"),
  names: checkNames,
  "names-map": (value) =>
    isObject(value) && Object.values(value).every((names) => checkNames(names) === undefined)
      ? undefined
      : "is no mapping of names to lists of different names",
  types: checkTypes,
  values: (value) =>
    Array.isArray(value) && value.length > 0 ? undefined : "is no list of values",
  value: () => undefined,
  flag: (value) => (typeof value === "boolean" ? undefined : "is neither true nor false"),
  reference: (value) => {
    if (typeof value !== "string") return "is no text";
    if (value.startsWith("#")) return undefined;
    return `leads out of the schema ("${value}"); nothing is fetched: write what it needs under $defs`;
  },
  dialect: (value) =>
    typeof value === "string" && value.replace(/#$/, "") === dialect
      ? undefined
      : `is not ${dialect}, the one that is understood`,
  identity: (value) => (typeof value === "string" ? undefined : "is no text"),
  refused: () => "is not understood here, and would change what the schema means",
};

function checkNames(value: Json): string | undefined {
  const names = Array.isArray(value) ? (value as readonly Json[]) : undefined;
  const isGood =
    names?.every((name) => typeof name === "string") && new Set(names).size === names.length;
  return isGood ? undefined : "is no list of different names";
}

function checkTypes(value: Json): string | undefined {
  const names: readonly Json[] = Array.isArray(value) ? value : [value];
  if (names.length === 0) return "is empty";
  for (const name of names) {
    if (typeof name === "string" && types.includes(name)) continue;
    const nearest = typeof name === "string" ? nearestName(name, types) : undefined;
    const hint =
      nearest === undefined ? `known are ${types.join(", ")}` : `did you mean "${nearest}"?`;
    return `${JSON.stringify(name)} is no type; ${hint}`;
  }
  return new Set(names).size === names.length ? undefined : "names a type twice";
}

function checkPatterns(value: { readonly [key: string]: Json }, keyword: string) {
  if (keyword !== "patternProperties") return undefined;
  return Object.keys(value)
    .map(checkPattern)
    .find((message) => message !== undefined);
}

function checkPattern(pattern: string): string | undefined {
  try {
    return RegExp(pattern, "u") && undefined;
  } catch {
    return `"${pattern}" is no regular expression`;
  }
}
