/** Year, month from 0, day, hours, minutes, seconds, weekday from Sunday = 0, day of the year from 0. */
export type TimeParts = [number, number, number, number, number, number, number, number];

const dayMs = 86_400_000;

/** Seconds since 1970, UTC; undefined beyond the times that a Date can be. */
export function brokenDownTime(seconds: number): TimeParts | undefined {
  const date = new Date(Math.floor(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const fraction = seconds - Math.floor(seconds);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + fraction,
    date.getUTCDay(),
    dayOfYear(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()),
  ];
}

/** Whole seconds since 1970; months, days and hours that are too many run over. */
export function secondsOf(parts: readonly number[]): number {
  const [year = 1970, month = 0, day = 1, hours = 0, minutes = 0, seconds = 0] = parts.map((part) =>
    Math.trunc(part),
  );
  return Math.floor(utcMs(year, month, day) / 1000) + hours * 3600 + minutes * 60 + seconds;
}

export function dayOfYear(year: number, month: number, day: number): number {
  return Math.round((utcMs(year, month, day) - utcMs(year, 0, 1)) / dayMs);
}

export function weekday(year: number, month: number, day: number): number {
  return new Date(utcMs(year, month, day)).getUTCDay();
}

/** `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
function utcMs(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}
