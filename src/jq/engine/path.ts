import { JqError } from "../errors.ts";
import { shortened } from "../values/describe.ts";
import { type JqArray, type JqValue } from "../values/value.ts";
import type { Path } from "./filter.ts";

const shownBytes = 29;

export function rootPath(value: JqValue): Path {
  return { parent: undefined, key: null, value };
}

/** `["a", 0]` */
function keysOf(path: Path): JqArray {
  const keys: JqValue[] = [];
  for (let at = path; at.parent !== undefined; at = at.parent) keys.push(at.key);
  return keys.toReversed();
}

/** The path to a result of a path expression. */
export function pathTo(value: JqValue, path: Path): JqArray {
  if (isAt(value, path)) return keysOf(path);
  throw new JqError(`Invalid path expression with result ${shortened(value, shownBytes)}`);
}

/** One key further; undefined where no path is asked for. */
export function extend(path: Path | undefined, key: JqValue, value: JqValue): Path | undefined {
  return path && { parent: path, key, value };
}

/** @throws JqError when the value that is looked into was made, not found. */
export function checkAccess(path: Path | undefined, value: JqValue, key: JqValue): void {
  if (path === undefined || isAt(value, path)) return;
  const what = `${shortened(key, shownBytes)} of ${shortened(value, shownBytes)}`;
  throw new JqError(`Invalid path expression near attempt to access element ${what}`);
}

export function checkIterate(path: Path | undefined, value: JqValue): void {
  if (path === undefined || isAt(value, path)) return;
  const what = shortened(value, shownBytes);
  throw new JqError(`Invalid path expression near attempt to iterate through ${what}`);
}

function isAt(value: JqValue, path: Path): boolean {
  return Object.is(value, path.value);
}
