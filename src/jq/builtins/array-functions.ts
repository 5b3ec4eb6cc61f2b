import { JqError } from "../errors.ts";
import { type Filter, single } from "../engine/filter.ts";
import type { Meter } from "../meter.ts";
import { add, arithmetic } from "../values/arithmetic.ts";
import { getKey, indicesOf } from "../values/access.ts";
import { areEqual, compareValues } from "../values/compare.ts";
import { describe, mismatch } from "../values/describe.ts";
import {
  isArray,
  isObject,
  type JqArray,
  type JqObject,
  type JqValue,
  ownValue,
  typeOf,
} from "../values/value.ts";
import { lengthOf } from "../values/length.ts";
import { codePointIndices } from "../values/strings.ts";
import { type Builtin, definedFunction, filterFunction, valueFunction } from "./builtin.ts";

export const arrayFunctions: readonly Builtin[] = [
  definedFunction("add", "The sum of all elements; null when there are none.", "add(.[])"),
  filterFunction("add(f)", "The sum of all results of `f`; null when there are none.", ([f]) =>
    sum(f),
  ),
  valueFunction("reverse", "The elements from the back.", reverse),
  valueFunction("flatten", "Arrays inside the array dissolved.", (input, _, { meter }) =>
    flatten(input, Infinity, meter),
  ),
  valueFunction(
    "flatten(depth)",
    "Arrays inside the array dissolved, so many levels.",
    (input, [depth = null], { meter }) => flattenTo(input, depth, meter),
  ),
  valueFunction(
    "contains(b)",
    "Is `b` part of the input, however deep?",
    (input, [part = null], run) => contains(input, part, run.meter),
  ),
  definedFunction("inside(b)", "Is the input part of `b`?", ". as $x | b | contains($x)"),
  valueFunction("indices(x)", "Where `x` begins in a text or an array.", indices),
  definedFunction("index(x)", "Where `x` begins first.", "indices(x) | .[0]"),
  definedFunction("rindex(x)", "Where `x` begins last.", "indices(x) | .[-1:][0]"),
  valueFunction("transpose", "Rows become columns; missing cells are null.", transpose),
  definedFunction("any", "Is one element true?", "any(.[]; .)"),
  definedFunction("all", "Are all elements true?", "all(.[]; .)"),
  definedFunction("any(f)", "Is `f` true for one element?", "any(.[]; f)"),
  definedFunction("all(f)", "Is `f` true for all elements?", "all(.[]; f)"),
  definedFunction(
    "any(g; f)",
    "Is `f` true for one result of `g`?",
    "isempty(first(g | f | select(.))) | not",
  ),
  definedFunction(
    "all(g; f)",
    "Is `f` true for all results of `g`?",
    "isempty(first(g | f | select(. | not)))",
  ),
  definedFunction(
    "combinations",
    "Arrays with one element of each array.",
    "if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end",
  ),
  definedFunction(
    "combinations(n)",
    "Arrays with so many elements of the input.",
    ". as $dot | [range(n)] | map($dot) | combinations",
  ),
];

function sum(f: Filter): Filter {
  return single((input, env) => {
    let total: JqValue = null;
    f.run(input, undefined, env, (value) => {
      env.run.meter.step();
      total = add(total, value, env.run.meter);
      return false;
    });
    return total;
  });
}

function reverse(input: JqValue, _: readonly JqValue[], { meter }: { meter: Meter }): JqValue {
  if (isArray(input)) {
    meter.copy(input.length);
    return input.toReversed();
  }
  if (lengthOf(input) === 0) return [];
  throw new JqError(`Cannot index ${typeOf(input)} with number`);
}

function flattenTo(input: JqValue, depth: JqValue, meter: Meter): JqArray {
  if (compareValues(depth, 0, meter) < 0) {
    throw new JqError("flatten depth must not be negative");
  }
  return flatten(input, depth, meter);
}

function flatten(input: JqValue, depth: JqValue, meter: Meter): JqArray {
  const elements = isArray(input) ? input : Object.values<JqValue>(objectOf(input));
  meter.copy(elements.length);
  return elements.flatMap((item) =>
    isArray(item) && depth !== 0 ? flatten(item, arithmetic["-"](depth, 1, meter), meter) : [item],
  );
}

function objectOf(value: JqValue): JqObject {
  if (isObject(value)) return value;
  throw new JqError(`Cannot iterate over ${value === null ? "null" : describe(value)}`);
}

function contains(value: JqValue, part: JqValue, meter: Meter): boolean {
  if (kindOf(value) === kindOf(part)) return hasPart(value, part, meter);
  throw mismatch(value, part, "cannot have their containment checked");
}

/** true and false are kinds of their own. */
function kindOf(value: JqValue): string {
  return typeof value === "boolean" ? String(value) : typeOf(value);
}

/** What is of another kind is no part. */
function hasPart(value: JqValue, part: JqValue, meter: Meter): boolean {
  meter.step();
  if (typeof value === "string" && typeof part === "string") return value.includes(part);
  if (isArray(value) && isArray(part)) {
    return part.every((item) => value.some((mine) => hasPart(mine, item, meter)));
  }
  if (isObject(value) && isObject(part)) {
    return Object.keys(part).every(
      (key) =>
        Object.hasOwn(value, key) && hasPart(ownValue(value, key), ownValue(part, key), meter),
    );
  }
  return areEqual(value, part, meter);
}

function indices(
  input: JqValue,
  [wanted = null]: readonly JqValue[],
  { meter }: { meter: Meter },
): JqValue {
  if (typeof input === "string" && typeof wanted === "string") {
    meter.step(input.length);
    return codePointIndices(input, wanted);
  }
  if (isArray(input)) return indicesOf(input, isArray(wanted) ? wanted : [wanted], meter);
  return getKey(input, wanted, meter);
}

function transpose(input: JqValue, _: readonly JqValue[], { meter }: { meter: Meter }): JqArray {
  const rows = isArray(input) ? input : Object.values<JqValue>(objectOf(input));
  const width = Math.floor(rows.reduce<number>((most, row) => Math.max(most, lengthOf(row)), 0));
  if (width > 0) for (const row of rows) getKey(row, 0, meter);
  meter.step(width * rows.length);
  meter.allocate(8 * width * rows.length);
  return Array.from({ length: width }, (_row, column) =>
    rows.map((row) => getKey(row, column, meter)),
  );
}
