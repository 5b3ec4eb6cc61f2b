import { JqError } from "../errors.ts";
import { type Env, type Filter, forEachValue, many, type Run, single } from "../engine/filter.ts";
import { findMatches, type FoundMatch, matchValue } from "../regex/find-matches.ts";
import { add } from "../values/arithmetic.ts";
import { describe } from "../values/describe.ts";
import { isArray, type JqObject, type JqValue, objectFrom, typeOf } from "../values/value.ts";
import { type Builtin, definedFunction, filterFunction, valueFunction } from "./builtin.ts";

const one = "Is there a match";
const noFlags = single(() => null);

export const regexFunctions: readonly Builtin[] = [
  valueFunction(
    "test(re)",
    `${one}?`,
    (input, [re = null], run) => matches(input, { re, flags: undefined }, run).length > 0,
  ),
  valueFunction(
    "test(re; flags)",
    `${one}, with flags?`,
    (input, [re = null, flags = null], run) => matches(input, { re, flags }, run).length > 0,
  ),
  filterFunction("match(re)", "The first match, as an object.", ([re]) =>
    eachMatch([re], { all: false }, matchValue),
  ),
  filterFunction(
    "match(re; flags)",
    "The first match, or all of them with the flag `g`.",
    ([re, flags]) => eachMatch([re, flags], { all: false }, matchValue),
  ),
  filterFunction("capture(re)", "What the named groups of a match found, as an object.", ([re]) =>
    eachMatch([re], { all: false }, capturesOf),
  ),
  filterFunction("capture(re; flags)", "The same, with flags.", ([re, flags]) =>
    eachMatch([re, flags], { all: false }, capturesOf),
  ),
  filterFunction("scan(re)", "The text of every match, or an array of its groups.", ([re]) =>
    eachMatch([re, noFlags], { all: true }, scanned),
  ),
  filterFunction("scan(re; flags)", "The same, with flags.", ([re, flags]) =>
    eachMatch([re, flags], { all: true }, scanned),
  ),
  valueFunction(
    "split(re; flags)",
    "The parts of a text between matches.",
    (input, [re = null, flags = null], run) => parts(input, re, flags, run),
  ),
  definedFunction(
    "splits(re)",
    "The parts of a text between matches, one by one.",
    "splits(re; null)",
  ),
  definedFunction("splits(re; flags)", "The same, with flags.", "split(re; flags) | .[]"),
  filterFunction(
    "sub(re; text)",
    "The first match replaced; the groups are fields of the input of `text`.",
    ([re, text]) => replaced([re, noFlags], text, { all: false }),
  ),
  filterFunction("sub(re; text; flags)", "The same, with flags.", ([re, text, flags]) =>
    replaced([re, flags], text, { all: false }),
  ),
  filterFunction("gsub(re; text)", "Every match replaced.", ([re, text]) =>
    replaced([re, noFlags], text, { all: true }),
  ),
  filterFunction("gsub(re; text; flags)", "The same, with flags.", ([re, text, flags]) =>
    replaced([re, flags], text, { all: true }),
  ),
];

interface Expression {
  readonly re: JqValue;
  /** Absent where the expression can also be an array of it and its flags. */
  readonly flags: JqValue | undefined;
  /** Every match, also without the flag `g`. */
  readonly all?: boolean;
}

function matches(
  input: JqValue,
  { re, flags, all = false }: Expression,
  { meter, regexes }: Run,
): FoundMatch[] {
  if (typeof input !== "string") {
    throw new JqError(`${describe(input)} cannot be matched, as it is not a string`);
  }
  const [pattern = null, modifiers = null] = flags === undefined ? pairOf(re) : [re, flags];
  return findMatches(
    input,
    { pattern: textOf(pattern), flags: modifiers === null ? "" : textOf(modifiers) },
    { meter, regexes, all },
  );
}

function pairOf(re: JqValue): readonly JqValue[] {
  if (typeof re === "string") return [re];
  if (isArray(re) && re.length > 0) return re;
  throw new JqError(`${typeOf(re)} not a string or array`);
}

function textOf(value: JqValue): string {
  if (typeof value === "string") return value;
  throw new JqError(`${describe(value)} is not a string`);
}

type Arguments = readonly [re: Filter, flags?: Filter];

function forEachExpression(
  [re, flags]: Arguments,
  input: JqValue,
  env: Env,
  take: (re: JqValue, flags: JqValue | undefined) => boolean,
): boolean {
  const withFlags = (modifiers: JqValue | undefined) =>
    forEachValue(re, input, env, (expression) => take(expression, modifiers));
  return flags ? forEachValue(flags, input, env, withFlags) : withFlags(undefined);
}

function eachMatch(
  args: Arguments,
  { all }: { readonly all: boolean },
  shape: (match: FoundMatch) => JqValue,
): Filter {
  return many((input, path, env, out) =>
    forEachExpression(args, input, env, (re, flags) =>
      matches(input, { re, flags, all }, env.run).some((match) => out(shape(match), path)),
    ),
  );
}

function capturesOf({ captures }: FoundMatch): JqObject {
  return objectFrom(
    captures.flatMap(({ name, string }) => (name === null ? [] : [[name, string] as const])),
  );
}

function scanned({ string, captures }: FoundMatch): JqValue {
  return captures.length === 0 ? string : captures.map((capture) => capture.string);
}

function parts(input: JqValue, re: JqValue, flags: JqValue, run: Run): JqValue {
  const found = matches(input, { re, flags, all: true }, run);
  const characters = Array.from(input as string);
  let from = 0;
  const between = found.map(({ offset, length }) => {
    const part = characters.slice(from, offset).join("");
    from = offset + length;
    return part;
  });
  return [...between, characters.slice(from).join("")];
}

/** One text for each way to choose among the results of `text`, which sees the groups. */
function replaced(args: Arguments, text: Filter, { all }: { readonly all: boolean }): Filter {
  return many((input, path, env, out) =>
    forEachExpression(args, input, env, (re, flags) => {
      const found = matches(input, { re, flags, all }, env.run);
      const characters = Array.from(input as string);
      return forEachReplacement({ found, characters, text, env }, out, path);
    }),
  );
}

interface Replacement {
  readonly found: readonly FoundMatch[];
  readonly characters: readonly string[];
  readonly text: Filter;
  readonly env: Env;
}

/** In step: the first results of all matches make the first text, the second ones the second. */
function forEachReplacement(
  { found, characters, text, env }: Replacement,
  out: Parameters<Filter["run"]>[3],
  path: Parameters<Filter["run"]>[1],
): boolean {
  const { meter } = env.run;
  const texts: JqValue[] = [];
  let from = 0;
  for (const match of found) {
    const gap = characters.slice(from, match.offset).join("");
    let row = 0;
    forEachValue(text, capturesOf(match), env, (value) => {
      const before = add(texts[row] ?? null, gap, meter);
      texts[row] = add(before, value, meter);
      row += 1;
      return false;
    });
    from = match.offset + match.length;
  }
  const rest = characters.slice(from).join("");
  if (texts.length === 0) return out(characters.join(""), path);
  return texts.some((value) => out(add(value, rest, meter), path));
}
