import { JqError } from "../errors.ts";
import { describe } from "./describe.ts";
import { codePointLength } from "./strings.ts";
import { isArray, isObject, type JqValue } from "./value.ts";

/** Characters, elements or keys; the size of a number; 0 of null. */
export function lengthOf(value: JqValue): number {
  if (value === null) return 0;
  if (typeof value === "string") return codePointLength(value);
  if (typeof value === "number") return Math.abs(value);
  if (isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  throw new JqError(`${describe(value)} has no length`);
}
