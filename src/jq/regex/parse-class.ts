import {
  anyOf,
  type CharSet,
  complement,
  intersection,
  isDigit,
  isHexDigit,
  isSpace,
  isWord,
  literalSet,
  posixSet,
  propertySet,
  rangeSet,
} from "./char-set.ts";
import { type PatternReader, regexError } from "./pattern-reader.ts";

/** `a-z`, `[:alpha:]`, `\d`, nested classes and `&&`, behind the opening bracket. */
export function parseClass(reader: PatternReader, ignoreCase: boolean): CharSet {
  const negative = reader.take("^");
  let parts: CharSet[] = [];
  let left: CharSet | undefined;
  if (reader.take("]")) parts.push(literalSet(93, false));
  while (!reader.take("]")) {
    if (reader.done) throw regexError("premature end of char-class");
    if (reader.take("&&")) {
      left = left ? intersection(left, anyOf(parts)) : anyOf(parts);
      parts = [];
    } else parts.push(parseMember(reader, ignoreCase));
  }
  const set = left ? intersection(left, anyOf(parts)) : anyOf(parts);
  return negative ? complement(set) : set;
}

function parseMember(reader: PatternReader, ignoreCase: boolean): CharSet {
  const bracket = reader.match(/^\[:(\^?)(\w+):\]/);
  if (bracket) {
    const set = posixSet(bracket[2] ?? "");
    if (!set) throw regexError(`invalid POSIX bracket ${bracket[0]}`);
    return bracket[1] ? complement(set) : set;
  }
  if (reader.take("[")) return parseClass(reader, ignoreCase);
  const from = parseClassCharacter(reader);
  if (typeof from === "function") return from;
  if (!reader.sees("-") || reader.sees("-]")) return literalSet(from, ignoreCase);
  reader.read();
  const to = parseClassCharacter(reader);
  if (typeof to === "function")
    return anyOf([literalSet(from, ignoreCase), literalSet(45, false), to]);
  if (to < from) throw regexError("empty range in char class");
  return rangeSet(from, to, ignoreCase);
}

function parseClassCharacter(reader: PatternReader): number | CharSet {
  if (!reader.take("\\")) return reader.read().codePointAt(0) ?? 0;
  if (reader.take("b")) return 8;
  return parseSetEscape(reader) ?? parseCharacterEscape(reader);
}

const sets: ReadonlyMap<string, CharSet> = new Map([
  ["d", isDigit],
  ["w", isWord],
  ["s", isSpace],
  ["h", isHexDigit],
]);

/** `\d`, `\W`, `\p{L}`, behind the backslash. */
export function parseSetEscape(reader: PatternReader): CharSet | undefined {
  const set = sets.get(reader.next.toLowerCase());
  if (set) {
    const letter = reader.read();
    return letter === letter.toLowerCase() ? set : complement(set);
  }
  const property = reader.match(/^([pP])\{(\^?)([^}]*)\}/);
  if (!property) return undefined;
  const [, letter, negation, name = ""] = property;
  const found = propertySet(name);
  if (!found) throw regexError(`invalid character property name {${name}}`);
  return (letter === "P") !== (negation === "^") ? complement(found) : found;
}

const controls: Readonly<Record<string, number>> = {
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  a: 7,
  e: 27,
};

/** `\n`, `\x41`, `\u0041`, `\.`, behind the backslash. */
export function parseCharacterEscape(reader: PatternReader): number {
  if (reader.done) throw regexError("end pattern at escape");
  const hex = reader.match(/^(?:x\{([0-9a-fA-F]{1,8})\}|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4}))/);
  if (hex) return checkedPoint(Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "0", 16));
  const octal = reader.match(/^0[0-7]{0,2}/);
  if (octal) return Number.parseInt(octal[0], 8);
  const letter = reader.read();
  return Object.hasOwn(controls, letter) ? (controls[letter] ?? 0) : (letter.codePointAt(0) ?? 0);
}

function checkedPoint(point: number): number {
  if (point > 0x10ffff) throw regexError("too big wide-char value");
  return point;
}
