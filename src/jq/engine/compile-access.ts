import { JqError } from "../errors.ts";
import { getField, getKey } from "../values/access.ts";
import { describe } from "../values/describe.ts";
import { isArray, isObject, type JqValue, ownValue } from "../values/value.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import {
  type Env,
  type Filter,
  forEachValue,
  many,
  type Out,
  type Path,
  single,
} from "./filter.ts";
import { checkAccess, checkIterate, extend } from "./path.ts";
import type { Scope } from "./scope.ts";

export function compileAccess(node: NodeOf<"access">, scope: Scope, compiler: Compiler): Filter {
  const target = compiler.compile(node.target, scope);
  if (node.key.kind === "literal" && typeof node.key.value === "string") {
    return fieldAccess(target, node.key.value, node.optional);
  }
  return keyAccess(target, compiler.compile(node.key, scope), node.optional);
}

function fieldAccess(target: Filter, name: string, optional = false): Filter {
  if (optional)
    return keyAccess(
      target,
      single(() => name),
      optional,
    );
  const { one } = target;
  return {
    one: one && ((input, env) => getField(one(input, env), name)),
    run: (input, path, env, out) =>
      target.run(input, path, env, (value, at) => {
        checkAccess(at, value, name);
        const found = getField(value, name);
        return out(found, extend(at, name, found));
      }),
  };
}

/** The key is computed from the input, not from the target, and its results are the outer loop. */
function keyAccess(target: Filter, key: Filter, optional = false): Filter {
  const [one, keyOne] = [target.one, key.one];
  return {
    one:
      one && keyOne && !optional
        ? (input, env) => {
            const at = keyOne(input, env);
            return getKey(one(input, env), at, env.run.meter);
          }
        : undefined,
    run: (input, path, env, out) =>
      forEachValue(key, input, env, (name) =>
        target.run(input, path, env, (value, at) => {
          checkAccess(at, value, name);
          const found = optional ? fitting(value, name, env) : getKey(value, name, env.run.meter);
          return found !== undefined && out(found, extend(at, name, found));
        }),
      ),
  };
}

/** What stands there; undefined where the key does not fit the value. */
function fitting(value: JqValue, key: JqValue, env: Env): JqValue | undefined {
  try {
    return getKey(value, key, env.run.meter);
  } catch (thrown) {
    if (thrown instanceof JqError) return undefined;
    throw thrown;
  }
}

/** A slice is an access by `{"start": …, "end": …}`. */
export function compileSlice(node: NodeOf<"slice">, scope: Scope, compiler: Compiler): Filter {
  const nothing = single(() => null);
  const from = node.from ? compiler.compile(node.from, scope) : nothing;
  const to = node.to ? compiler.compile(node.to, scope) : nothing;
  return keyAccess(compiler.compile(node.target, scope), boundsOf(from, to), node.optional);
}

function boundsOf(from: Filter, to: Filter): Filter {
  const [one, other] = [from.one, to.one];
  if (one && other) {
    return single((input, env) => ({ start: one(input, env), end: other(input, env) }));
  }
  return many((input, path, env, out) =>
    forEachValue(from, input, env, (start) =>
      forEachValue(to, input, env, (end) => out({ start, end }, path)),
    ),
  );
}

export function compileIterate(node: NodeOf<"iterate">, scope: Scope, compiler: Compiler): Filter {
  const target = compiler.compile(node.target, scope);
  return many((input, path, env, out) =>
    target.run(input, path, env, (value, at) => {
      checkIterate(at, value);
      env.run.meter.step();
      if (node.optional && (typeof value !== "object" || value === null)) return false;
      return iterate(value, at, out);
    }),
  );
}

/** Every element, or every value of an object. */
export function iterate(value: JqValue, path: Path | undefined, out: Out): boolean {
  if (isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item = value[index] ?? null;
      if (out(item, extend(path, index, item))) return true;
    }
    return false;
  }
  if (!isObject(value)) throw new JqError(`Cannot iterate over ${describeIterated(value)}`);
  for (const key of Object.keys(value)) {
    const item = ownValue(value, key);
    if (out(item, extend(path, key, item))) return true;
  }
  return false;
}

function describeIterated(value: JqValue): string {
  return value === null ? "null" : describe(value);
}
