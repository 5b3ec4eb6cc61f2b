import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import type { JqValue } from "../values/value.ts";
import { compileRegex, type RegexProgram } from "./compile-regex.ts";
import { Matcher, type Slots } from "./matcher.ts";
import { parseRegex } from "./parse-regex.ts";

/** A part of the text a match is in; offsets and lengths in code points. */
export interface FoundPart {
  readonly offset: number;
  readonly length: number;
  /** Null for a group that took no part. */
  readonly string: string | null;
}

export interface FoundMatch extends FoundPart {
  readonly string: string;
  readonly captures: readonly (FoundPart & { readonly name: string | null })[];
}

interface CompiledRegex {
  readonly program: RegexProgram;
  readonly groups: readonly (string | null)[];
}

/** The expressions of one evaluation: each is read once. */
export class RegexCache {
  readonly #compiled = new Map<string, CompiledRegex>();

  /** @throws JqError for an expression that does not parse. */
  compile({ pattern, flags }: RegexText, meter: Meter): CompiledRegex {
    const key = `${flags}/${pattern}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    meter.step(pattern.length);
    meter.allocate(64 * pattern.length);
    const { node, groups } = parseRegex(pattern, {
      ignoreCase: flags.includes("i"),
      extended: flags.includes("x"),
      dotAll: flags.includes("p"),
      lines: false,
    });
    const compiled = { program: compileRegex(node, groups.length), groups };
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

export interface RegexText {
  readonly pattern: string;
  readonly flags: string;
}

/** @throws JqError for a modifier that is none and for an expression that does not parse. */
export function findMatches(
  text: string,
  regex: RegexText,
  { meter, regexes, all }: { meter: Meter; regexes: RegexCache; all: boolean },
): FoundMatch[] {
  const { flags } = regex;
  if (/[^gimnplsx]/.test(flags)) throw new JqError(`${flags} is not a valid modifier string`);
  const { program, groups } = regexes.compile(regex, meter);
  meter.copy(text.length);
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const options = { longest: flags.includes("l"), notEmpty: flags.includes("n") };
  const matcher = new Matcher(program, points, options, meter);
  const found: FoundMatch[] = [];
  for (const slots of successive(matcher, points.length, all || flags.includes("g"))) {
    meter.allocate(64 * (groups.length + 1));
    found.push(describeMatch(slots, points, groups));
  }
  return found;
}

/** A match begins where the one before ended, or one further when that was empty. */
function* successive(matcher: Matcher, length: number, all: boolean): Generator<Slots> {
  let from = 0;
  while (from <= length) {
    const slots = matcher.find(from);
    if (!slots) return;
    yield slots;
    if (!all) return;
    const [start = 0, end = 0] = slots;
    from = end > start ? end : end + 1;
  }
}

function describeMatch(
  slots: Slots,
  points: readonly number[],
  groups: readonly (string | null)[],
): FoundMatch {
  const part = (index: number): FoundPart => {
    const [start = -1, end = -1] = [slots[2 * index], slots[2 * index + 1]];
    if (start < 0 || end < 0) return { offset: -1, length: 0, string: null };
    return { offset: start, length: end - start, string: textOf(points, start, end) };
  };
  const whole = part(0);
  return {
    ...whole,
    string: whole.string ?? "",
    captures: groups.map((name, index) => ({ ...part(index + 1), name })),
  };
}

function textOf(points: readonly number[], start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at += 1) text += String.fromCodePoint(points[at] ?? 0);
  return text;
}

export function matchValue({ offset, length, string, captures }: FoundMatch): JqValue {
  return { offset, length, string, captures: captures.map(captureValue) };
}

function captureValue(capture: FoundMatch["captures"][number]): JqValue {
  return {
    offset: capture.offset,
    length: capture.length,
    string: capture.string,
    name: capture.name,
  };
}
