import type { JqValue } from "../../src/jq/values/value.ts";

/** A value as its JSON reads: NaN is null, infinities are the largest double, -0 is 0. */
export function comparable(value: JqValue): JqValue {
  if (typeof value === "number") return comparableNumber(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}

function comparableNumber(value: number): JqValue {
  if (Number.isNaN(value)) return null;
  if (Number.isFinite(value)) return value + 0;
  return Math.sign(value) * Number.MAX_VALUE;
}
