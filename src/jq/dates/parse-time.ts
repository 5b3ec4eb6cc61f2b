import { JqError } from "../errors.ts";
import { describe } from "../values/describe.ts";
import type { JqValue } from "../values/value.ts";
import { brokenDownTime, dayOfYear, weekday } from "./broken-down-time.ts";
import { months, weekdays } from "./names.ts";

/** What has been read so far. */
interface ReadTime {
  year: number;
  month: number;
  day: number;
  hours: number;
  minutes: number;
  seconds: number;
  isAfternoon?: boolean;
  century?: number;
  yearOfCentury?: number;
}

type Conversion = readonly [pattern: RegExp, set: (time: ReadTime, text: string) => void];

const composed: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  r: "%I:%M:%S %p",
  R: "%H:%M",
  T: "%H:%M:%S",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
};

const two = /^\s*(\d{1,2})/;

const conversions: Readonly<Record<string, Conversion>> = {
  a: [nameOf(weekdays), () => undefined],
  A: [nameOf(weekdays), () => undefined],
  b: [nameOf(months), (time, text) => (time.month = indexOf(months, text))],
  B: [nameOf(months), (time, text) => (time.month = indexOf(months, text))],
  h: [nameOf(months), (time, text) => (time.month = indexOf(months, text))],
  C: [two, (time, text) => (time.century = Number(text))],
  d: [two, (time, text) => (time.day = inRange(text, 1, 31))],
  e: [two, (time, text) => (time.day = inRange(text, 1, 31))],
  H: [two, (time, text) => (time.hours = inRange(text, 0, 23))],
  I: [two, (time, text) => (time.hours = inRange(text, 1, 12) % 12)],
  j: [/^\s*(\d{1,3})/, (time, text) => setDayOfYear(time, inRange(text, 1, 366))],
  k: [two, (time, text) => (time.hours = inRange(text, 0, 23))],
  l: [two, (time, text) => (time.hours = inRange(text, 1, 12) % 12)],
  m: [two, (time, text) => (time.month = inRange(text, 1, 12) - 1)],
  M: [two, (time, text) => (time.minutes = inRange(text, 0, 59))],
  n: [/^(\s*)/, () => undefined],
  p: [/^\s*([AP]M)/i, (time, text) => (time.isAfternoon = /p/i.test(text))],
  P: [/^\s*([AP]M)/i, (time, text) => (time.isAfternoon = /p/i.test(text))],
  s: [/^\s*(-?\d{1,12})/, (time, text) => setEpoch(time, Number(text))],
  S: [two, (time, text) => (time.seconds = inRange(text, 0, 60))],
  t: [/^(\s*)/, () => undefined],
  u: [/^\s*([1-7])/, () => undefined],
  U: [two, () => undefined],
  w: [/^\s*([0-6])/, () => undefined],
  W: [two, () => undefined],
  y: [two, (time, text) => (time.yearOfCentury = Number(text))],
  Y: [/^\s*([-+]?\d{1,9})/, (time, text) => (time.year = Number(text))],
  z: [/^\s*(Z|[-+]\d{2}:?(?:\d{2})?)/, () => undefined],
  Z: [/^\s*([A-Za-z]+)/, () => undefined],
  "%": [/^(%)/, () => undefined],
};

/**
 * Reads a text by a format of `strptime`. Time zones are read and left out of account, as in jq.
 * What is left of the text becomes the last element. @throws JqError when the text does not fit.
 */
export function parseTime(text: string, format: string): JqValue[] {
  const time: ReadTime = { year: 1970, month: 0, day: 1, hours: 0, minutes: 0, seconds: 0 };
  const unfit = () =>
    new JqError(`date ${JSON.stringify(text)} does not match format ${JSON.stringify(format)}`);
  const rest = read(text, format, time, unfit);
  settle(time);
  const { year, month, day, hours, minutes, seconds } = time;
  const parts: JqValue[] = [year, month, day, hours, minutes, seconds];
  parts.push(weekday(year, month, day), dayOfYear(year, month, day));
  if (rest.trim() !== "" || rest !== "") parts.push(rest);
  if (parts.some((part) => Number.isNaN(part))) throw new JqError(`${describe(text)} is no time`);
  return parts;
}

function read(text: string, format: string, time: ReadTime, unfit: () => JqError): string {
  let rest = text;
  for (const [token = ""] of format.matchAll(/%[EO]?(.)|\s+|[^]/gs)) {
    const letter = token.at(-1) ?? "";
    const other = token.startsWith("%") ? composed[letter] : undefined;
    if (other !== undefined) rest = read(rest, other, time, unfit);
    else if (token.startsWith("%")) rest = convert(rest, letter, time, unfit);
    else if (token.trim() === "") rest = rest.trimStart();
    else if (rest.startsWith(token)) rest = rest.slice(token.length);
    else throw unfit();
  }
  return rest;
}

function convert(text: string, letter: string, time: ReadTime, unfit: () => JqError): string {
  const conversion = conversions[letter];
  const found = conversion?.[0].exec(text);
  if (!conversion || !found) throw unfit();
  try {
    conversion[1](time, found[1] ?? "");
  } catch (thrown) {
    if (thrown instanceof OutOfRange) throw unfit();
    throw thrown;
  }
  return text.slice(found[0].length);
}

class OutOfRange extends Error {}

function inRange(text: string, low: number, high: number): number {
  const value = Number(text);
  if (value < low || value > high) throw new OutOfRange(text);
  return value;
}

function nameOf(names: readonly string[]): RegExp {
  const all = names.flatMap((name) => [name, name.slice(0, 3)]);
  return new RegExp(`^\\s*(${all.join("|")})`, "i");
}

function indexOf(names: readonly string[], text: string): number {
  const start = text.slice(0, 3).toLowerCase();
  return names.findIndex((name) => name.toLowerCase().startsWith(start));
}

function setDayOfYear(time: ReadTime, day: number): void {
  time.month = 0;
  time.day = day;
}

function setEpoch(time: ReadTime, seconds: number): void {
  const parts = brokenDownTime(seconds);
  if (!parts) throw new OutOfRange(String(seconds));
  [time.year, time.month, time.day, time.hours, time.minutes, time.seconds] = parts;
}

/** Two digits are a year from 1969 to 2068, unless the century is given. */
function settle(time: ReadTime): void {
  const { yearOfCentury, century } = time;
  if (yearOfCentury !== undefined) {
    const base = century === undefined ? (yearOfCentury < 69 ? 2000 : 1900) : 100 * century;
    time.year = base + yearOfCentury;
  }
  if (time.isAfternoon) time.hours += 12;
  if (time.month === 0 && time.day > 31) {
    const date = new Date(0);
    date.setUTCFullYear(time.year, 0, time.day);
    [time.month, time.day] = [date.getUTCMonth(), date.getUTCDate()];
  }
}
