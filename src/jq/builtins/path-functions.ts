import { JqError } from "../errors.ts";
import { forEachPath } from "../engine/compile-update.ts";
import { type Filter, forEachValue, many, type Path } from "../engine/filter.ts";
import { checkAccess, extend, pathTo, rootPath } from "../engine/path.ts";
import type { Meter } from "../meter.ts";
import { getKey } from "../values/access.ts";
import { updatePath } from "../values/change.ts";
import { deletePaths } from "../values/delete-paths.ts";
import { isArray, type JqArray, type JqValue } from "../values/value.ts";
import { type Builtin, definedFunction, filterFunction, valueFunction } from "./builtin.ts";

export const pathFunctions: readonly Builtin[] = [
  filterFunction("path(f)", "The paths that `f` leads to, as arrays of keys.", ([f]) =>
    many((input, path, env, out) =>
      f.run(input, rootPath(input), env, (value, at) => out(at ? pathTo(value, at) : [], path)),
    ),
  ),
  filterFunction("getpath(path)", "What stands at a path; null when nothing does.", ([keys]) =>
    getPath(keys),
  ),
  valueFunction(
    "setpath(path; value)",
    "The input with a value at a path.",
    (input, [path = null, value = null], { meter }) =>
      updatePath(input, arrayOf(path), () => value, meter),
  ),
  valueFunction(
    "delpaths(paths)",
    "The input without what stands at the paths.",
    (input, [paths = null], { meter }) => {
      if (isArray(paths)) return deletePaths(input, paths, meter);
      throw new JqError("Paths must be specified as an array");
    },
  ),
  filterFunction("del(f)", "The input without what `f` leads to.", ([f]) =>
    many((input, path, env, out) => {
      const paths: JqArray[] = [];
      forEachPath(f, input, env, (found) => paths.push(found));
      return out(deletePaths(input, paths, env.run.meter), path);
    }),
  ),
  definedFunction(
    "paths",
    "The paths of everything inside the input.",
    "path(..) | select(length > 0)",
  ),
  definedFunction(
    "paths(f)",
    "The paths of everything for which `f` is true.",
    "path(.. | select(f)) | select(length > 0)",
  ),
  definedFunction("leaf_paths", "The paths of what is neither array nor object.", "paths(scalars)"),
  definedFunction(
    "pick(f)",
    "Only what `f` leads to.",
    ". as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)))",
  ),
];

function arrayOf(path: JqValue): JqArray {
  if (isArray(path)) return path;
  throw new JqError("Path must be specified as an array");
}

function getPath(keys: Filter): Filter {
  return many((input, path, env, out) =>
    forEachValue(keys, input, env, (found) => {
      let [value, at]: [JqValue, Path | undefined] = [input, path];
      for (const key of arrayOf(found)) {
        [value, at] = step(value, at, key, env.run.meter);
      }
      return out(value, at);
    }),
  );
}

function step(value: JqValue, path: Path | undefined, key: JqValue, meter: Meter) {
  checkAccess(path, value, key);
  const found = getKey(value, key, meter);
  return [found, extend(path, key, found)] as [JqValue, Path | undefined];
}
