import { JqError } from "../errors.ts";
import { secondsOf, type TimeParts } from "./broken-down-time.ts";
import { months, weekdays } from "./names.ts";

/** Conversions that stand for others, as in the C locale. */
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

const conversions: Readonly<Record<string, (parts: TimeParts) => string>> = {
  a: ([, , , , , , weekday]) => (weekdays[weekday] ?? "?").slice(0, 3),
  A: ([, , , , , , weekday]) => weekdays[weekday] ?? "?",
  b: ([, month]) => (months[month] ?? "?").slice(0, 3),
  B: ([, month]) => months[month] ?? "?",
  h: ([, month]) => (months[month] ?? "?").slice(0, 3),
  C: ([year]) => zeros(Math.floor(year / 100), 2),
  d: ([, , day]) => zeros(day, 2),
  e: ([, , day]) => String(day).padStart(2),
  g: (parts) => zeros(isoWeek(parts).year % 100, 2),
  G: (parts) => String(isoWeek(parts).year),
  H: ([, , , hours]) => zeros(hours, 2),
  I: ([, , , hours]) => zeros(hours % 12 || 12, 2),
  j: ([, , , , , , , dayOfYear]) => zeros(dayOfYear + 1, 3),
  k: ([, , , hours]) => String(hours).padStart(2),
  l: ([, , , hours]) => String(hours % 12 || 12).padStart(2),
  m: ([, month]) => zeros(month + 1, 2),
  M: ([, , , , minutes]) => zeros(minutes, 2),
  n: () => "\n",
  p: ([, , , hours]) => (hours < 12 ? "AM" : "PM"),
  P: ([, , , hours]) => (hours < 12 ? "am" : "pm"),
  s: (parts) => String(secondsOf(parts)),
  S: ([, , , , , seconds]) => zeros(Math.trunc(seconds), 2),
  t: () => "\t",
  u: ([, , , , , , weekday]) => String(weekday || 7),
  U: ([, , , , , , weekday, dayOfYear]) => zeros(Math.floor((dayOfYear + 7 - weekday) / 7), 2),
  V: (parts) => zeros(isoWeek(parts).week, 2),
  w: ([, , , , , , weekday]) => String(weekday),
  W: ([, , , , , , weekday, dayOfYear]) =>
    zeros(Math.floor((dayOfYear + 7 - ((weekday + 6) % 7)) / 7), 2),
  y: ([year]) => zeros(((year % 100) + 100) % 100, 2),
  Y: ([year]) => (year > 9999 ? `+${year}` : String(year)),
  z: () => "+0000",
  Z: () => "UTC",
  "%": () => "%",
};

/** A time, UTC, in a format of `strftime`. @throws JqError for a conversion that is none. */
export function formatTime(parts: TimeParts, format: string): string {
  return format.replace(/%([-_0^#EO]*)(.?)/gs, (found, _flags: string, letter: string) => {
    const other = composed[letter];
    if (other !== undefined) return formatTime(parts, other);
    const conversion = conversions[letter];
    if (conversion) return conversion(parts);
    throw new JqError(`strftime/1: unknown conversion ${found}`);
  });
}

function zeros(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** ISO 8601: the first week is the one with the year's first Thursday. */
function isoWeek([year, , , , , , weekday, dayOfYear]: TimeParts): { year: number; week: number } {
  const thursday = dayOfYear + 3 - ((weekday + 6) % 7);
  if (thursday < 0) {
    return { year: year - 1, week: Math.floor((thursday + daysIn(year - 1)) / 7) + 1 };
  }
  if (thursday >= daysIn(year)) return { year: year + 1, week: 1 };
  return { year, week: Math.floor(thursday / 7) + 1 };
}

function daysIn(year: number): number {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 366 : 365;
}
