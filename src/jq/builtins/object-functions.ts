import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import { sortedKeys } from "../values/compare.ts";
import { describe } from "../values/describe.ts";
import { utf8Length } from "../values/strings.ts";
import { lengthOf } from "../values/length.ts";
import { isArray, isObject, type JqValue, typeOf } from "../values/value.ts";
import { type Builtin, definedFunction, valueFunction } from "./builtin.ts";

export const objectFunctions: readonly Builtin[] = [
  valueFunction("keys", "The keys in order, or the indices.", (input, _, { meter }) =>
    keysOf(input, meter, sortedKeys),
  ),
  valueFunction("keys_unsorted", "The keys as they come, or the indices.", (input, _, { meter }) =>
    keysOf(input, meter, Object.keys),
  ),
  valueFunction(
    "has(key)",
    "Does an object have the key, an array the index?",
    (input, [key = null]) => hasKey(input, key),
  ),
  definedFunction("in(xs)", "Does `xs` have the input as a key?", ". as $x | xs | has($x)"),
  valueFunction(
    "length",
    "Characters of a text, elements, keys; the size of a number; 0 of null.",
    (input) => lengthOf(input),
  ),
  valueFunction("utf8bytelength", "Bytes of a text in UTF-8.", (input) => {
    if (typeof input === "string") return utf8Length(input);
    throw new JqError(`${describe(input)} only strings have UTF-8 byte length`);
  }),
  definedFunction(
    "to_entries",
    "An array of `{key, value}`.",
    "[keys_unsorted[] as $k | {key: $k, value: .[$k]}]",
  ),
  definedFunction(
    "from_entries",
    "An object of an array of `{key, value}`, also `{k, v}` and `{name, value}`.",
    `reduce .[] as $x ({}; . + {
       ($x | .key // .k // .name // .Name // .Key // .K):
       ($x | if has("value") then .value elif has("v") then .v else .Value end)
     })`,
  ),
  definedFunction(
    "with_entries(f)",
    "The object with every entry changed by `f`.",
    "to_entries | map(f) | from_entries",
  ),
  definedFunction("IN(s)", "Is the input one of the results of `s`?", "any(s == .; .)"),
  definedFunction("IN(src; s)", "Is one result of `src` also one of `s`?", "any(src == s; .)"),
  definedFunction(
    "INDEX(f)",
    "An object of the elements by what `f` makes of them.",
    "INDEX(.[]; f)",
  ),
  definedFunction(
    "INDEX(stream; f)",
    "The same, of a stream.",
    "reduce stream as $row ({}; .[$row | f | tostring] |= $row)",
  ),
  definedFunction(
    "JOIN($idx; f)",
    "Every element with what stands in `$idx` under its key.",
    "[.[] | [., $idx[f]]]",
  ),
  definedFunction("JOIN($idx; stream; f)", "The same, of a stream.", "stream | [., $idx[f]]"),
  definedFunction(
    "JOIN($idx; stream; f; join)",
    "The same, each pair changed by `join`.",
    "stream | [., $idx[f]] | join",
  ),
];

function keysOf(
  value: JqValue,
  meter: Meter,
  order: (object: Readonly<Record<string, JqValue>>) => string[],
): JqValue {
  if (isArray(value)) {
    meter.copy(value.length);
    return value.map((_, index) => index);
  }
  if (!isObject(value)) throw new JqError(`${describe(value)} has no keys`);
  const keys = order(value);
  meter.copy(keys.length);
  return keys;
}

function hasKey(value: JqValue, key: JqValue): boolean {
  if (isObject(value) && typeof key === "string") return Object.hasOwn(value, key);
  if (value === null) return false;
  if (isArray(value) && typeof key === "number") {
    const at = Math.trunc(key);
    return at >= 0 && at < value.length;
  }
  throw new JqError(`Cannot check whether ${typeOf(value)} has a ${typeOf(key)} key`);
}
