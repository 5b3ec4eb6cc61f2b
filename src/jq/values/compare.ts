import type { Meter } from "../meter.ts";
import { compareStrings } from "./strings.ts";
import { isArray, type JqArray, type JqObject, type JqValue, ownValue } from "./value.ts";

/**
 * jq's order: null, false, true, numbers, strings, arrays, objects; arrays element by element,
 * objects by their sorted keys and then by their values. NaN is less than every number, itself too.
 */
export function compareValues(one: JqValue, other: JqValue, meter: Meter): number {
  if (typeof one === "number" && typeof other === "number") {
    return one === other ? 0 : one > other ? 1 : one < other || Number.isNaN(one) ? -1 : 1;
  }
  if (typeof one === "string" && typeof other === "string") return compareStrings(one, other);
  const difference = rankOf(one) - rankOf(other);
  if (difference !== 0 || typeof one !== "object" || one === null) return difference;
  meter.step();
  if (isArray(one)) return compareArrays(one, other as JqArray, meter);
  return compareObjects(one, other as JqObject, meter);
}

export function areEqual(one: JqValue, other: JqValue, meter: Meter): boolean {
  if (typeof one !== "object" || one === null) return one === other;
  return compareValues(one, other, meter) === 0;
}

export function sortedKeys(object: JqObject): string[] {
  return Object.keys(object).toSorted(compareStrings);
}

function rankOf(value: JqValue): number {
  switch (typeof value) {
    case "boolean":
      return value ? 2 : 1;
    case "number":
      return 3;
    case "string":
      return 4;
    default:
      return value === null ? 0 : isArray(value) ? 5 : 6;
  }
}

function compareArrays(one: JqArray, other: JqArray, meter: Meter): number {
  const length = Math.min(one.length, other.length);
  meter.step(length);
  for (let index = 0; index < length; index += 1) {
    const difference = compareValues(one[index] ?? null, other[index] ?? null, meter);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

function compareObjects(one: JqObject, other: JqObject, meter: Meter): number {
  const keys = sortedKeys(one);
  meter.step(keys.length);
  const byKeys = compareArrays(keys, sortedKeys(other), meter);
  if (byKeys !== 0) return byKeys;
  for (const key of keys) {
    const difference = compareValues(ownValue(one, key), ownValue(other, key), meter);
    if (difference !== 0) return difference;
  }
  return 0;
}
