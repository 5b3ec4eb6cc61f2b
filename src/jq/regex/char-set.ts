/** Says of a code point whether it is in a set. */
export type CharSet = (point: number) => boolean;

export function literalSet(point: number, ignoreCase: boolean): CharSet {
  if (!ignoreCase) return (found) => found === point;
  const folded = fold(point);
  return (found) => found === point || fold(found) === folded;
}

export function rangeSet(from: number, to: number, ignoreCase: boolean): CharSet {
  if (!ignoreCase) return (point) => point >= from && point <= to;
  return (point) =>
    (point >= from && point <= to) || casesOf(point).some((other) => other >= from && other <= to);
}

export function anyOf(sets: readonly CharSet[]): CharSet {
  return (point) => sets.some((set) => set(point));
}

export function complement(set: CharSet): CharSet {
  return (point) => !set(point);
}

export function intersection(one: CharSet, other: CharSet): CharSet {
  return (point) => one(point) && other(point);
}

/** The simple case folding of a code point. */
export function fold(point: number): number {
  const lower = String.fromCodePoint(point).toLowerCase();
  const folded = lower.codePointAt(0) ?? point;
  return lower.length === String.fromCodePoint(folded).length ? folded : point;
}

function casesOf(point: number): number[] {
  const character = String.fromCodePoint(point);
  return [character.toLowerCase(), character.toUpperCase()].flatMap(
    (cased) => cased.codePointAt(0) ?? [],
  );
}

export const isNewline: CharSet = (point) => point === 10;

/** Each pattern is for a single character, so it cannot backtrack. */
function unicodeSet(pattern: RegExp): CharSet {
  const ascii = Array.from({ length: 128 }, (_, point) =>
    pattern.test(String.fromCodePoint(point)),
  );
  return (point) =>
    point < 128 ? ascii[point] === true : pattern.test(String.fromCodePoint(point));
}

export const isWord = unicodeSet(/[\p{L}\p{M}\p{N}\p{Pc}]/u);
export const isDigit = unicodeSet(/\p{Nd}/u);
export const isSpace = unicodeSet(/[\t-\r\u0085\p{Z}]/u);
export const isHexDigit = unicodeSet(/[0-9a-fA-F]/);

const posix: ReadonlyMap<string, CharSet> = new Map([
  ["alnum", unicodeSet(/[\p{L}\p{M}\p{N}]/u)],
  ["alpha", unicodeSet(/[\p{L}\p{M}]/u)],
  ["ascii", unicodeSet(/[\p{ASCII}]/u)],
  ["blank", unicodeSet(/[\t\p{Zs}]/u)],
  ["cntrl", unicodeSet(/[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}]/u)],
  ["digit", isDigit],
  ["graph", unicodeSet(/[^\p{Z}\p{Cc}\p{Cn}\p{Cs}]/u)],
  ["lower", unicodeSet(/\p{Lowercase}/u)],
  ["print", unicodeSet(/[^\p{Cc}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u)],
  ["punct", unicodeSet(/[\p{P}$+<=>^`|~]/u)],
  ["space", isSpace],
  ["upper", unicodeSet(/\p{Uppercase}/u)],
  ["xdigit", isHexDigit],
  ["word", isWord],
]);

/** `alpha` of `[[:alpha:]]`. */
export function posixSet(name: string): CharSet | undefined {
  return posix.get(name);
}

/** `L`, `Alpha` or `Greek` of `\p{…}`. */
export function propertySet(name: string): CharSet | undefined {
  const known = posix.get(name.toLowerCase());
  if (known) return known;
  if (!/^\w+$/.test(name)) return undefined;
  for (const property of [name, `Script=${name}`]) {
    try {
      return unicodeSet(new RegExp(`\\p{${property}}`, "u"));
    } catch {
      continue;
    }
  }
  return undefined;
}
