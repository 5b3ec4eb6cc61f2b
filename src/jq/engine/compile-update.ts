import type { UpdateOperator } from "../syntax/ast.ts";
import { arithmetic } from "../values/arithmetic.ts";
import { getPath, updatePath } from "../values/change.ts";
import { deletePaths } from "../values/delete-paths.ts";
import { isTrue, type JqArray, type JqValue } from "../values/value.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import { type Env, type Filter, forEachValue, many } from "./filter.ts";
import { pathTo, rootPath } from "./path.ts";
import type { Scope } from "./scope.ts";
import type { Meter } from "../meter.ts";

type Change = (item: JqValue, operand: JqValue, meter: Meter) => JqValue;

/** What each operator makes of what stands at a path and of its right side. */
export const updateChanges: Readonly<Record<Exclude<UpdateOperator, "|=">, Change>> = {
  "=": (_, operand) => operand,
  "+=": arithmetic["+"],
  "-=": arithmetic["-"],
  "*=": arithmetic["*"],
  "/=": arithmetic["/"],
  "%=": arithmetic["%"],
  "//=": (item, operand) => (isTrue(item) ? item : operand),
};

/** `a = b`, `a += b`, …: for each result of `b`, the input with every path of `a` changed. */
export function compileUpdate(node: NodeOf<"update">, scope: Scope, compiler: Compiler): Filter {
  const paths = compiler.compile(node.left, scope);
  const right = compiler.compile(node.right, scope);
  if (node.operator === "|=") return modify(paths, right);
  const change = updateChanges[node.operator];
  return many((input, path, env, out) =>
    forEachValue(right, input, env, (operand) => {
      let value = input;
      const { meter } = env.run;
      forEachPath(paths, input, env, (at) => {
        value = updatePath(value, at, (item) => change(item, operand, meter), meter);
      });
      return out(value, path);
    }),
  );
}

/** `a |= f`: the first result of `f`; what has none is deleted. */
function modify(paths: Filter, update: Filter): Filter {
  return many((input, path, env, out) => {
    const { meter } = env.run;
    const deleted: JqArray[] = [];
    let value = input;
    forEachPath(paths, input, env, (at) => {
      const first = firstOf(update, getPath(value, at, meter), env);
      if (first === undefined) deleted.push(at);
      else value = updatePath(value, at, () => first, meter);
    });
    return out(deleted.length > 0 ? deletePaths(value, deleted, meter) : value, path);
  });
}

function firstOf(filter: Filter, input: JqValue, env: Env): JqValue | undefined {
  if (filter.one) return filter.one(input, env);
  let first: JqValue | undefined;
  filter.run(input, undefined, env, (value) => {
    first = value;
    return true;
  });
  return first;
}

/** Every path of a path expression, as an array of keys. */
export function forEachPath(
  paths: Filter,
  input: JqValue,
  env: Env,
  take: (path: JqArray) => void,
): void {
  paths.run(input, rootPath(input), env, (value, path) => {
    env.run.meter.step();
    if (path) take(pathTo(value, path));
    return false;
  });
}
