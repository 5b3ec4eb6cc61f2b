import { JqError } from "../errors.ts";
import { brokenDownTime, secondsOf, type TimeParts } from "../dates/broken-down-time.ts";
import { formatTime } from "../dates/format-time.ts";
import { parseTime } from "../dates/parse-time.ts";
import { describe } from "../values/describe.ts";
import { isArray, type JqValue } from "../values/value.ts";
import { type Builtin, definedFunction, valueFunction } from "./builtin.ts";

const isoFormat = "%Y-%m-%dT%H:%M:%SZ";

/** The local time zone is UTC: a program gives the same everywhere. */
export const dateFunctions: readonly Builtin[] = [
  valueFunction(
    "now",
    "Seconds since 1970, when the program may know the time.",
    (_, _args, { now }) => {
      if (now === undefined) throw new JqError("now is not available here");
      return now() / 1000;
    },
  ),
  valueFunction(
    "gmtime",
    "Seconds since 1970 as `[year, month, day, hours, minutes, seconds, weekday, day of the year]`, months from 0.",
    (input) => partsOf(input, "gmtime() requires numeric inputs"),
  ),
  valueFunction("localtime", "The same: the local time zone is UTC.", (input) =>
    partsOf(input, "localtime() requires numeric inputs"),
  ),
  valueFunction("mktime", "The seconds since 1970 of such an array.", (input) => {
    if (!isArray(input)) throw new JqError("mktime requires array inputs");
    return secondsOf(timeParts(input, "mktime requires parsed datetime inputs"));
  }),
  valueFunction("strftime(format)", "A time as text.", (input, [format = null]) =>
    formatted("strftime/1", input, format),
  ),
  valueFunction(
    "strflocaltime(format)",
    "The same: the local time zone is UTC.",
    (input, [format = null]) => formatted("strflocaltime/1", input, format),
  ),
  valueFunction(
    "strptime(format)",
    "The time that a text is, as an array.",
    (input, [format = null]) => {
      if (typeof input !== "string" || typeof format !== "string") {
        throw new JqError("strptime/1 requires string inputs and arguments");
      }
      return parseTime(input, format);
    },
  ),
  definedFunction(
    "todate",
    "Seconds since 1970, or a time, as ISO 8601.",
    `strftime("${isoFormat}")`,
  ),
  definedFunction("fromdate", "The seconds since 1970 of an ISO 8601 text.", "fromdateiso8601"),
  definedFunction("date", "The same as `todate`.", "todate"),
  definedFunction("todateiso8601", "The same as `todate`.", "todate"),
  definedFunction(
    "fromdateiso8601",
    "The same as `fromdate`.",
    `strptime("${isoFormat}") | mktime`,
  ),
  definedFunction("dateadd(unit; n)", "The input and `n` seconds.", ". + n"),
  definedFunction("datesub(unit; n)", "The input less `n` seconds.", ". - n"),
];

function partsOf(value: JqValue, problem: string): TimeParts {
  if (typeof value !== "number") throw new JqError(problem);
  const parts = brokenDownTime(value);
  if (!parts) throw new JqError(`error converting number of seconds since epoch to datetime`);
  return parts;
}

function timeParts(value: readonly JqValue[], problem: string): number[] {
  if (value.length < 3 || value.some((part) => typeof part !== "number"))
    throw new JqError(problem);
  return value as number[];
}

function formatted(name: string, input: JqValue, format: JqValue): string {
  if (typeof input !== "number" && !isArray(input)) {
    throw new JqError(`${name} requires parsed datetime inputs`);
  }
  if (typeof format !== "string") throw new JqError(`${name} requires a string format`);
  const problem = `${name} requires parsed datetime inputs`;
  const parts = isArray(input) ? timeParts(input, problem) : partsOf(input, problem);
  const seconds = secondsOf(parts);
  const whole = brokenDownTime(Math.floor(seconds));
  if (!whole) throw new JqError(`${describe(input)} is no time`);
  return formatTime(whole, format);
}
