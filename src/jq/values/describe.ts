import { JqError } from "../errors.ts";
import { Meter } from "../meter.ts";
import { printJson } from "./print-json.ts";
import { type JqValue, typeOf } from "./value.ts";

/** A value's JSON is shown whole up to this many UTF-8 bytes, else that many less three, and `...`. */
const shownBytes = 14;

/** `number (1)`, `string ("very-lon...)`: a value as error messages show it. */
export function describe(value: JqValue): string {
  return `${typeOf(value)} (${shortened(value)})`;
}

/** The beginning of a value's JSON, cut behind a whole character. */
export function shortened(value: JqValue, bytes = shownBytes): string {
  const json = printBeginning(value);
  if (Buffer.byteLength(json) <= bytes) return json;
  let room = bytes - 3;
  let text = "";
  for (const character of json) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    text += character;
  }
  return `${text}...`;
}

/** The error of an operator on two values it does not fit. */
export function mismatch(one: JqValue, other: JqValue, what: string): JqError {
  return new JqError(`${describe(one)} and ${describe(other)} ${what}`);
}

/** Enough of the JSON to be cut: a large value is not printed to show a few bytes of it. */
function printBeginning(value: JqValue): string {
  return printJson(prune(value, 3), new Meter());
}

function prune(value: JqValue, depth: number): JqValue {
  if (typeof value === "string") return value.slice(0, 64);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return depth === 0
      ? value.slice(0, 1).map(() => 0)
      : value.slice(0, 8).map((item) => prune(item, depth - 1));
  }
  if (depth === 0) return {};
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 8)
      .map(([key, item]) => [key.slice(0, 64), prune(item, depth - 1)]),
  );
}
