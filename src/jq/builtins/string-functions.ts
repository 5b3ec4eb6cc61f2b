import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import { add, split } from "../values/arithmetic.ts";
import { describe } from "../values/describe.ts";
import { formatValue, toText } from "../values/formats.ts";
import { parseJson } from "../values/parse-json.ts";
import { parseNumber } from "../values/parse-number.ts";
import { printJson } from "../values/print-json.ts";
import { isArray, type JqValue } from "../values/value.ts";
import { type Builtin, valueFunction } from "./builtin.ts";

export const stringFunctions: readonly Builtin[] = [
  valueFunction("tostring", "A text as it is, everything else as JSON.", (input, _, { meter }) =>
    toText(input, meter),
  ),
  valueFunction("tojson", "The input as JSON.", (input, _, { meter }) => {
    const json = printJson(input, meter);
    meter.allocate(json.length);
    return json;
  }),
  valueFunction("fromjson", "What a JSON text means.", (input, _, { meter }) => {
    if (typeof input !== "string") throw new JqError(`${describe(input)} cannot be parsed`);
    meter.allocate(4 * input.length);
    return parseJson(input);
  }),
  valueFunction("tonumber", "A number, or the number that a text is.", toNumber),
  valueFunction("toboolean", "A boolean, or the boolean that a text is.", toBoolean),
  valueFunction(
    "format(name)",
    "The input written in a format: `csv`, `uri`, ….",
    (input, [name = null], { meter }) => {
      if (typeof name !== "string") throw new JqError(`${describe(name)} is not a valid format`);
      return formatValue(name, input, meter);
    },
  ),
  valueFunction("startswith(x)", "Does the text begin with `x`?", (input, [part = null]) =>
    texts(input, part, "startswith() requires string inputs", (text, start) =>
      text.startsWith(start),
    ),
  ),
  valueFunction("endswith(x)", "Does the text end with `x`?", (input, [part = null]) =>
    texts(input, part, "endswith() requires string inputs", (text, end) => text.endsWith(end)),
  ),
  valueFunction("ltrimstr(x)", "The text without `x` at its beginning.", (input, [part = null]) =>
    texts(input, part, "startswith() requires string inputs", trimStart),
  ),
  valueFunction("rtrimstr(x)", "The text without `x` at its end.", (input, [part = null]) =>
    texts(input, part, "endswith() requires string inputs", trimEnd),
  ),
  valueFunction("trimstr(x)", "The text without `x` at both ends.", (input, [part = null]) =>
    texts(input, part, "startswith() requires string inputs", (text, ends) =>
      trimEnd(trimStart(text, ends), ends),
    ),
  ),
  valueFunction("trim", "The text without white space around it.", (input) =>
    trimmed(input).replace(outerStart, "").replace(outerEnd, ""),
  ),
  valueFunction("ltrim", "The text without white space before it.", (input) =>
    trimmed(input).replace(outerStart, ""),
  ),
  valueFunction("rtrim", "The text without white space behind it.", (input) =>
    trimmed(input).replace(outerEnd, ""),
  ),
  valueFunction("explode", "The code points of a text.", (input, _, { meter }) => {
    if (typeof input !== "string") throw new JqError("explode input must be a string");
    meter.copy(input.length);
    return Array.from(input, (character) => character.codePointAt(0) ?? 0);
  }),
  valueFunction("implode", "The text of an array of code points.", implode),
  valueFunction(
    "split(separator)",
    "The parts of a text between a text.",
    (input, [separator = null], { meter }) => {
      if (typeof input !== "string" || typeof separator !== "string") {
        throw new JqError("split input and separator must be strings");
      }
      return split(input, separator, meter);
    },
  ),
  valueFunction("join(separator)", "The elements as texts, with a text between them.", join),
  valueFunction("ascii_downcase", "The text with A to Z in lower case.", (input) =>
    cased(input, /[A-Z]+/g, (found) => found.toLowerCase()),
  ),
  valueFunction("ascii_upcase", "The text with a to z in upper case.", (input) =>
    cased(input, /[a-z]+/g, (found) => found.toUpperCase()),
  ),
  valueFunction("ascii", "The character of a code point.", (input) => {
    if (typeof input !== "number") throw new JqError(`${describe(input)} is no code point`);
    return String.fromCodePoint(codePoint(input));
  }),
];

const space = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const outerStart = new RegExp(`^${space}`);
/** Each run of spaces is tried once, at its first one. */
const outerEnd = new RegExp(`(?<!${space.slice(0, -1)})${space}$`);

function trimmed(input: JqValue): string {
  if (typeof input === "string") return input;
  throw new JqError("trim input must be a string");
}

function texts<T extends JqValue>(
  input: JqValue,
  part: JqValue,
  problem: string,
  compute: (text: string, part: string) => T,
): T {
  if (typeof input === "string" && typeof part === "string") return compute(input, part);
  throw new JqError(problem);
}

function trimStart(text: string, part: string): string {
  return text.startsWith(part) ? text.slice(part.length) : text;
}

function trimEnd(text: string, part: string): string {
  return text.endsWith(part) ? text.slice(0, text.length - part.length) : text;
}

function toNumber(input: JqValue): JqValue {
  if (typeof input === "number") return input;
  const number = typeof input === "string" ? parseNumber(input) : undefined;
  if (number === undefined) throw new JqError(`${describe(input)} cannot be parsed as a number`);
  return number;
}

function toBoolean(input: JqValue): JqValue {
  if (typeof input === "boolean") return input;
  if (input === "true" || input === "false") return input === "true";
  throw new JqError(`${describe(input)} cannot be parsed as a boolean`);
}

const replacement = 0xfffd;

/** Rounded down; what is no code point of a character becomes U+FFFD. */
function codePoint(value: number): number {
  const point = Math.trunc(value);
  const isScalar = point >= 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  return isScalar ? point : replacement;
}

function implode(input: JqValue, _: readonly JqValue[], { meter }: { meter: Meter }): JqValue {
  if (!isArray(input)) throw new JqError("implode input must be an array");
  meter.copy(input.length);
  return input
    .map((point) => {
      if (typeof point === "number" && !Number.isNaN(point)) {
        return String.fromCodePoint(codePoint(point));
      }
      throw new JqError(
        `${describe(point)} can't be imploded, unicode codepoint needs to be numeric`,
      );
    })
    .join("");
}

function join(
  input: JqValue,
  [separator = null]: readonly JqValue[],
  { meter }: { meter: Meter },
): JqValue {
  const elements = isArray(input) ? input : elementsOf(input);
  if (elements.length === 0) return "";
  let joined: JqValue = null;
  for (const item of elements) {
    meter.step();
    const before: JqValue = joined === null ? "" : add(joined, separator, meter);
    const isPlain = typeof item === "number" || typeof item === "boolean";
    joined = add(before, isPlain ? toText(item, meter) : (item ?? ""), meter);
  }
  return joined;
}

function elementsOf(value: JqValue): readonly JqValue[] {
  if (typeof value === "object" && value !== null) return Object.values<JqValue>(value);
  throw new JqError(`Cannot iterate over ${value === null ? "null" : describe(value)}`);
}

function cased(input: JqValue, letters: RegExp, change: (found: string) => string): string {
  if (typeof input === "string") return input.replace(letters, change);
  throw new JqError("explode input must be a string");
}
