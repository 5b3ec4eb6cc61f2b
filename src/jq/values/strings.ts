/** jq counts a text in code points and orders it by them; JavaScript does so in UTF-16 units. */

const surrogate = /[\ud800-\udfff]/;

/** True when every code point is one unit, so that units can be counted instead. */
function isFlat(text: string): boolean {
  return !surrogate.test(text);
}

export function codePointLength(text: string): number {
  if (isFlat(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export function sliceCodePoints(text: string, start: number, end: number): string {
  if (isFlat(text)) return text.slice(start, end);
  return Array.from(text).slice(start, end).join("");
}

/** Order by code point, which is the order of UTF-8 bytes. */
export function compareStrings(one: string, other: string): number {
  if (one === other) return 0;
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(one.charCodeAt(index)) - rank(other.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Surrogates stand for code points above every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

export function utf8Length(text: string): number {
  return Buffer.byteLength(text);
}

/** Where a part begins, also where it overlaps itself; nowhere when it is empty. */
export function codePointIndices(text: string, part: string): number[] {
  if (part === "") return [];
  const found: number[] = [];
  const flat = isFlat(text);
  let [at, units, points] = [text.indexOf(part), 0, 0];
  while (at >= 0) {
    points += flat ? at - units : codePointLength(text.slice(units, at));
    units = at;
    found.push(points);
    at = text.indexOf(part, at + 1);
  }
  return found;
}
