import type { Json } from "../../contract/json.ts";
import { memberPath } from "../../contract/member-path.ts";
import { pointerTo } from "./finding.ts";

/**
 * What a JSON pointer into a document points to, as violations name fields: `/do/0/ask/with` behind
 * `spec` is `spec.do[0].ask.with`. What is not in the document is taken for the member of a map.
 */
export function pathOfPointer(document: Json, pointer: string, before = ""): string {
  let path = before;
  let at: Json | undefined = document;
  for (const name of stepsOf(pointer)) {
    path = Array.isArray(at) ? `${path}[${name}]` : memberPath(path, name);
    at = memberOf(at, name);
  }
  return path;
}

/** The value that a JSON pointer points to; undefined where there is none. */
export function valueAt(document: Json, pointer: string): Json | undefined {
  let at: Json | undefined = document;
  for (const name of stepsOf(pointer)) at = memberOf(at, name);
  return at;
}

const step = /\.?([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g;

/** The JSON pointer of a path: `do[0].ask` is `/do/0/ask`. */
export function pointerOfPath(path: string): string {
  let pointer = "";
  for (const [, member, index, quoted] of path.matchAll(step)) {
    const name = quoted === undefined ? (member ?? index ?? "") : (JSON.parse(quoted) as string);
    pointer = pointerTo(pointer, name);
  }
  return pointer;
}

function stepsOf(pointer: string): string[] {
  const steps = pointer.split("/").slice(1);
  return steps.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(name)] as Json | undefined;
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as { [key: string]: Json })[name] : undefined;
}
