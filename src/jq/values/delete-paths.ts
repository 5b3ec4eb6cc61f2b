import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import { getKey, sliceBounds } from "./access.ts";
import { setKey } from "./change.ts";
import { areEqual, compareValues } from "./compare.ts";
import { isArray, isObject, type JqArray, type JqObject, type JqValue, typeOf } from "./value.ts";

/** A copy of `value` without what stands at the paths; all indices are those of the value itself. */
export function deletePaths(value: JqValue, paths: JqArray, meter: Meter): JqValue {
  const checked = paths.map((path) => {
    if (isArray(path)) return path;
    throw new JqError("Path must be specified as an array");
  });
  if (checked.length === 0) return value;
  meter.copy(checked.length);
  const sorted = checked.toSorted((one, other) => compareValues(one, other, meter));
  return sorted[0]?.length === 0 ? null : deleteSorted(value, sorted, meter);
}

/** None of the paths is empty. Paths with the same first key lie together, the shortest first. */
function deleteSorted(value: JqValue, paths: readonly JqArray[], meter: Meter): JqValue {
  const keys: JqValue[] = [];
  let changed = value;
  for (const group of groupsByKey(paths, meter).toReversed()) {
    const key = group[0]?.[0] ?? null;
    if (group[0]?.length === 1) {
      keys.push(key);
      continue;
    }
    const item = changed === null ? null : getKey(changed, key, meter);
    if (item === null) continue;
    const inner = group.map((path) => path.slice(1));
    changed = setKey(changed, key, deleteSorted(item, inner, meter), meter);
  }
  return keys.length === 0 ? changed : deleteKeys(changed, keys, meter);
}

function groupsByKey(paths: readonly JqArray[], meter: Meter): JqArray[][] {
  const groups: JqArray[][] = [];
  for (const path of paths) {
    const last = groups.at(-1);
    const key = last?.[0]?.[0];
    if (last && key !== undefined && areEqual(key, path[0] ?? null, meter)) last.push(path);
    else groups.push([path]);
  }
  return groups;
}

function deleteKeys(value: JqValue, keys: readonly JqValue[], meter: Meter): JqValue {
  if (value === null) return null;
  if (isObject(value)) return deleteFields(value, keys, meter);
  if (isArray(value)) return deleteElements(value, keys, meter);
  throw unfit(keys[0] ?? null, value);
}

function unfit(key: JqValue, value: JqValue): JqError {
  const kind = typeof key === "string" ? "object" : "array";
  return new JqError(`Cannot delete field at ${kind} index of ${typeOf(value)}`);
}

function deleteFields(object: JqObject, keys: readonly JqValue[], meter: Meter): JqObject {
  const rest: Record<string, JqValue> = { ...object };
  meter.copy(Object.keys(object).length);
  for (const key of keys) {
    if (typeof key !== "string") throw unfit(key, object);
    delete rest[key];
  }
  return rest;
}

function deleteElements(array: JqArray, keys: readonly JqValue[], meter: Meter): JqArray {
  meter.copy(array.length);
  const gone = new Set<number>();
  for (const key of keys) {
    if (typeof key === "number") {
      const at = Math.trunc(key);
      gone.add(at < 0 ? at + array.length : at);
    } else if (isObject(key)) {
      const [start, end] = sliceBounds(key, array.length);
      for (let at = start; at < end; at += 1) gone.add(at);
    } else throw unfit(key, array);
  }
  return array.filter((_, index) => !gone.has(index));
}
