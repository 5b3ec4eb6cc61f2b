import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import type { ArithmeticOperator } from "../syntax/ast.ts";
import { areEqual } from "./compare.ts";
import { mismatch } from "./describe.ts";
import { isArray, isObject, type JqObject, type JqValue, ownValue, setOwn } from "./value.ts";

type Operation = (one: JqValue, other: JqValue, meter: Meter) => JqValue;

const longestText = 1 << 29;

export const arithmetic: Readonly<Record<ArithmeticOperator, Operation>> = {
  "+": add,
  "-": subtract,
  "*": multiply,
  "/": divide,
  "%": remainder,
};

/** Sums, concatenations, unions of objects; null is neutral. */
export function add(one: JqValue, other: JqValue, meter: Meter): JqValue {
  if (typeof one === "number" && typeof other === "number") return one + other;
  if (one === null) return other;
  if (other === null) return one;
  if (typeof one === "string" && typeof other === "string") {
    return concatenate(one, other, meter);
  }
  if (isArray(one) && isArray(other)) {
    meter.copy(one.length + other.length);
    return one.concat(other);
  }
  if (isObject(one) && isObject(other)) return union(one, other, meter);
  throw mismatch(one, other, "cannot be added");
}

export function concatenate(one: string, other: string, meter: Meter): string {
  const length = one.length + other.length;
  meter.allocate(length);
  if (length > longestText) throw new JqError("String too long");
  return one + other;
}

function union(one: JqObject, other: JqObject, meter: Meter): JqObject {
  const keys = Object.keys(other);
  const sum: Record<string, JqValue> = { ...one };
  meter.copy(Object.keys(one).length + keys.length);
  for (const key of keys) setOwn(sum, key, ownValue(other, key));
  return sum;
}

function subtract(one: JqValue, other: JqValue, meter: Meter): JqValue {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (isArray(one) && isArray(other)) {
    meter.step(one.length * other.length);
    return one.filter((item) => !other.some((gone) => areEqual(item, gone, meter)));
  }
  throw mismatch(one, other, "cannot be subtracted");
}

function multiply(one: JqValue, other: JqValue, meter: Meter): JqValue {
  if (typeof one === "number" && typeof other === "number") return one * other;
  if (typeof one === "string" && typeof other === "number") return repeat(one, other, meter);
  if (typeof one === "number" && typeof other === "string") return repeat(other, one, meter);
  if (isObject(one) && isObject(other)) return merge(one, other, meter);
  throw mismatch(one, other, "cannot be multiplied");
}

/** The text so many whole times; null for less than none. */
function repeat(text: string, times: number, meter: Meter): JqValue {
  if (Number.isNaN(times) || times < 0) return null;
  const count = Math.trunc(times);
  const length = text.length * count;
  if (length === 0) return "";
  if (length >= longestText) throw new JqError("Repeat string result too long");
  meter.allocate(length);
  return text.repeat(count);
}

/** A union in which objects of the same key are merged, too. */
function merge(one: JqObject, other: JqObject, meter: Meter): JqObject {
  const merged: Record<string, JqValue> = { ...one };
  meter.copy(Object.keys(one).length);
  for (const [key, value] of Object.entries(other)) {
    meter.step();
    const before = ownValue(one, key);
    setOwn(merged, key, isObject(before) && isObject(value) ? merge(before, value, meter) : value);
  }
  return merged;
}

function divide(one: JqValue, other: JqValue, meter: Meter): JqValue {
  if (typeof one === "number" && typeof other === "number") {
    if (other === 0) throw mismatch(one, other, "cannot be divided because the divisor is zero");
    return one / other;
  }
  if (typeof one === "string" && typeof other === "string") return split(one, other, meter);
  throw mismatch(one, other, "cannot be divided");
}

export function split(text: string, separator: string, meter: Meter): string[] {
  meter.step(text.length >> 4);
  if (text === "") return [];
  const parts = separator === "" ? Array.from(text) : text.split(separator);
  meter.allocate(text.length + 16 * parts.length);
  return parts;
}

/** Of whole numbers, with the sign of the first one. */
function remainder(one: JqValue, other: JqValue): JqValue {
  if (typeof one !== "number" || typeof other !== "number") {
    throw mismatch(one, other, "cannot be divided (remainder)");
  }
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.NaN;
  if (Number.isSafeInteger(one) && Number.isSafeInteger(other) && other !== 0) {
    return (one % other) + 0;
  }
  const [dividend, divisor] = [wholeNumber(one), wholeNumber(other)];
  if (divisor === 0n) {
    throw mismatch(one, other, "cannot be divided (remainder) because the divisor is zero");
  }
  return Number(dividend % (divisor < 0n ? -divisor : divisor));
}

const largest = 2n ** 63n - 1n;

/** As a signed integer of 64 bits: what is beyond becomes the nearest. */
function wholeNumber(value: number): bigint {
  if (value >= 2 ** 63) return largest;
  if (value <= -(2 ** 63)) return -largest - 1n;
  return BigInt(Math.trunc(value));
}
