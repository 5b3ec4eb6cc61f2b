import type { Json } from "../../contract/json.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import { childOf, type Place, type Reader, valueText } from "./reading.ts";

/** Any JSON, as it is. */
export const anyJson: Reader<Json> = ({ value }) => value;

export const text: Reader<string> = (place) =>
  typeof place.value === "string" ? place.value : refuseType(place, "a text");

export const nonEmptyText: Reader<string> = (place) => {
  const read = text(place);
  return read === "" ? place.reading.refuse(place, "required", "is empty") : read;
};

export const flag: Reader<boolean> = (place) =>
  typeof place.value === "boolean" ? place.value : refuseType(place, "true or false");

/** A text of this form; `what` says it in words. */
export function textLike(form: RegExp, what: string): Reader<string> {
  return (place) => {
    const read = text(place);
    if (read === undefined || form.test(read)) return read;
    return place.reading.refuse(place, "form", `is ${valueText(read)}, not ${what}`);
  };
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (place) => {
    const { value, reading } = place;
    if (!Number.isSafeInteger(value)) return refuseType(place, "a whole number");
    if ((value as number) >= least && (value as number) <= most) return value as number;
    const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
    return reading.refuse(place, "range", `is ${value as number}, not ${range}`);
  };
}

/** One of these words. */
export function word<const Words extends readonly string[]>(
  ...words: Words
): Reader<Words[number]> {
  return (place) => {
    const { value, reading } = place;
    if (words.includes(value as string)) return value as Words[number];
    const nearest = typeof value === "string" ? nearestName(value, words) : undefined;
    const hint =
      nearest === undefined ? `one of ${words.join(", ")}` : `did you mean "${nearest}"?`;
    return reading.refuse(place, "choice", `is ${valueText(value)}; ${hint}`);
  };
}

export function listOf<T>(reader: Reader<T>, least = 0): Reader<readonly T[]> {
  return (place) => {
    const { value, reading } = place;
    if (!Array.isArray(value)) return refuseType(place, "a list");
    if (value.length < least) return reading.refuse(place, "required", "is an empty list");
    const read = value.map((item: Json, index) => reader(childOf(place, index, item)));
    const whole = read.filter((item) => item !== undefined);
    return whole.length === read.length ? whole : undefined;
  };
}

/** The first reader for a text, the second for anything else. */
export function textOr<T, U>(ofText: Reader<T>, ofOther: Reader<U>): Reader<T | U> {
  return (place) => (typeof place.value === "string" ? ofText(place) : ofOther(place));
}

/** What a reader reads, made into something else. */
export function mapped<T, U>(
  reader: Reader<T>,
  make: (read: T, place: Place) => U | undefined,
): Reader<U> {
  return (place) => {
    const read = reader(place);
    return read === undefined ? undefined : make(read, place);
  };
}

function refuseType(place: Place, wanted: string): undefined {
  return place.reading.refuse(place, "type", `is ${valueText(place.value)}, not ${wanted}`);
}

/** A part of the specification that this version does not run. */
export function notSupported(place: Place, what: string): undefined {
  return place.reading.refuse(place, "not-supported", `${what} is not supported yet`);
}
