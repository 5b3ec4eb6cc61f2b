/** A JSON value. Numbers are IEEE doubles: integers are exact up to 2^53. */
export type JqValue =
  | null
  | boolean
  | number
  | string
  | readonly JqValue[]
  | { readonly [key: string]: JqValue };

export type JqObject = Readonly<Record<string, JqValue>>;
export type JqArray = readonly JqValue[];
export type JqType = "null" | "boolean" | "number" | "string" | "array" | "object";

export function typeOf(value: JqValue): JqType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as JqType;
}

export function isArray(value: JqValue): value is JqArray {
  return Array.isArray(value);
}

export function isObject(value: JqValue): value is JqObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What `if`, `and`, `or`, `//` and `select` go by: everything but `null` and `false` is true. */
export function isTrue(value: JqValue): boolean {
  return value !== null && value !== false;
}

/** The own value of a key, or null: `constructor` and `__proto__` are keys like any other. */
export function ownValue(object: JqObject, key: string): JqValue {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null;
}

/** Sets a key of an object that is still being built; `__proto__` becomes an own key. */
export function setOwn(object: Record<string, JqValue>, key: string, value: JqValue): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else object[key] = value;
}

/** A copy of an object with one key set. */
export function withKey(object: JqObject, key: string, value: JqValue): JqObject {
  const copy: Record<string, JqValue> = { ...object };
  setOwn(copy, key, value);
  return copy;
}

/** An object of pairs, the last one winning. */
export function objectFrom(pairs: Iterable<readonly [string, JqValue]>): JqObject {
  const object: Record<string, JqValue> = {};
  for (const [key, value] of pairs) setOwn(object, key, value);
  return object;
}
