import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import { getKey, sliceBounds } from "./access.ts";
import {
  isArray,
  isObject,
  type JqArray,
  type JqObject,
  type JqValue,
  typeOf,
  withKey,
} from "./value.ts";

const longestArray = 1 << 29;

/** A copy of `value` with `item` at `key`. @throws JqError when the key does not fit. */
export function setKey(value: JqValue, key: JqValue, item: JqValue, meter: Meter): JqValue {
  if (typeof key === "string" && (value === null || isObject(value))) {
    meter.copy(value === null ? 1 : Object.keys(value).length);
    return withKey(value ?? {}, key, item);
  }
  if (typeof key === "number" && (value === null || isArray(value))) {
    return setIndex(value ?? [], key, item, meter);
  }
  if (isObject(key) && (value === null || isArray(value))) {
    return setSlice(value ?? [], key, item, meter);
  }
  if (isObject(key) && typeof value === "string") throw new JqError("Cannot update string slices");
  throw unfit(value, key);
}

function unfit(value: JqValue, key: JqValue): JqError {
  if (isArray(value) && isArray(key)) {
    return new JqError("Cannot update field at array index of array");
  }
  const name = typeof key === "string" ? ` ${JSON.stringify(key)}` : "";
  return new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}${name}`);
}

function setIndex(array: JqArray, index: number, item: JqValue, meter: Meter): JqArray {
  if (Number.isNaN(index)) throw new JqError("Cannot set array element at NaN index");
  const floor = Math.floor(index);
  const at = floor < 0 ? floor + array.length : floor;
  if (at < 0) throw new JqError("Out of bounds negative array index");
  if (at >= longestArray) throw new JqError("Array index too large");
  meter.copy(Math.max(array.length, at + 1));
  const copy = array.slice();
  while (copy.length < at) copy.push(null);
  copy[at] = item;
  return copy;
}

function setSlice(array: JqArray, key: JqObject, items: JqValue, meter: Meter): JqArray {
  if (!isArray(items)) {
    throw new JqError("A slice of an array can only be assigned another array");
  }
  const [start, end] = sliceBounds(key, array.length);
  meter.copy(array.length + items.length);
  return [...array.slice(0, start), ...items, ...array.slice(end)];
}

export function getPath(value: JqValue, path: JqArray, meter: Meter): JqValue {
  let at = value;
  for (const key of path) {
    at = getKey(at, key, meter);
  }
  return at;
}

/** A copy of `value` with what stands at `path` replaced. */
export function updatePath(
  value: JqValue,
  path: JqArray,
  change: (item: JqValue) => JqValue,
  meter: Meter,
): JqValue {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const item = getKey(value, key, meter);
  return setKey(value, key, updatePath(item, rest, change, meter), meter);
}
