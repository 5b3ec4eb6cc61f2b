import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import { areEqual } from "./compare.ts";
import { codePointLength, sliceCodePoints } from "./strings.ts";
import {
  isArray,
  isObject,
  type JqArray,
  type JqObject,
  type JqValue,
  ownValue,
  typeOf,
} from "./value.ts";

/** `value[key]`: null where nothing is. @throws JqError when the key does not fit the value. */
export function getKey(value: JqValue, key: JqValue, meter: Meter): JqValue {
  if (typeof key === "string") return getField(value, key);
  if (value === null && (typeof key === "number" || isObject(key))) return null;
  if (isArray(value)) {
    if (typeof key === "number") return getIndex(value, key);
    if (isObject(key)) return slice(value, key, meter);
    if (isArray(key)) return indicesOf(value, key, meter);
  }
  if (typeof value === "string" && isObject(key)) return slice(value, key, meter);
  if (isArray(value)) throw new JqError(`Cannot index array with ${typeOf(key)}`);
  throw new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}`);
}

export function getField(value: JqValue, key: string): JqValue {
  if (isObject(value)) return ownValue(value, key);
  if (value === null) return null;
  throw new JqError(`Cannot index ${typeOf(value)} with string ${JSON.stringify(key)}`);
}

function getIndex(array: JqArray, index: number): JqValue {
  const at = Math.floor(index);
  return array[at < 0 ? at + array.length : at] ?? null;
}

/** Whole numbers from 0 to the length: a negative bound counts from the end. */
export function sliceBounds(key: JqObject, length: number): readonly [start: number, end: number] {
  const [from, to] = [ownValue(key, "start"), ownValue(key, "end")];
  const isWhole = Object.hasOwn(key, "start") && Object.hasOwn(key, "end");
  if (!isWhole || !isBound(from) || !isBound(to)) {
    throw new JqError("Array/string slice indices must be integers");
  }
  const start = clamp(Math.floor(fromEnd(from ?? 0, length, 0)), length);
  const end = clamp(Math.ceil(fromEnd(to ?? length, length, length)), length);
  return [start, Math.max(start, end)];
}

function isBound(value: JqValue): value is number | null {
  return value === null || typeof value === "number";
}

function fromEnd(bound: number, length: number, missing: number): number {
  if (Number.isNaN(bound)) return missing;
  return bound < 0 ? bound + length : bound;
}

function clamp(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length);
}

function slice(value: JqArray | string, key: JqObject, meter: Meter): JqValue {
  if (typeof value === "string") {
    const length = codePointLength(value);
    meter.step(length >> 6);
    const [start, end] = sliceBounds(key, length);
    return sliceCodePoints(value, start, end);
  }
  const [start, end] = sliceBounds(key, value.length);
  meter.copy(end - start);
  return value.slice(start, end);
}

/** Where the parts begin at which one array is part of another. */
export function indicesOf(array: JqArray, part: JqArray, meter: Meter): JqValue {
  if (part.length === 0) return [];
  const found: number[] = [];
  for (let start = 0; start + part.length <= array.length; start += 1) {
    meter.step();
    if (part.every((item, index) => areEqual(array[start + index] ?? null, item, meter))) {
      found.push(start);
    }
  }
  return found;
}
