import { JqError } from "../errors.ts";
import type { Pattern } from "../syntax/ast.ts";
import { getField, getKey } from "../values/access.ts";
import { describe } from "../values/describe.ts";
import type { JqValue } from "../values/value.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import { type Env, type Filter, forEachValue } from "./filter.ts";
import { typeOf } from "../values/value.ts";
import type { Scope } from "./scope.ts";

/** A compiled pattern: binds names to parts of a value. */
export interface Bind {
  /** What the names are visible in. */
  readonly scope: Scope;
  /** Once for every way to take the value apart. */
  readonly bind: (value: JqValue, env: Env, take: (env: Env) => boolean) => boolean;
}

/** `a as $b | body`. */
export function compileBind(node: NodeOf<"bind">, scope: Scope, compiler: Compiler): Filter {
  const source = compiler.compile(node.source, scope);
  const bound = bindPatterns(node.patterns, scope, compiler);
  const body = compiler.compile(node.body, bound.scope);
  const [pattern] = node.patterns;
  const [one, bodyOne] = [source.one, body.one];
  const isName = node.patterns.length === 1 && pattern?.kind === "name";
  return {
    one:
      isName && one && bodyOne
        ? (input, env) => bodyOne(input, env.with(one(input, env)))
        : undefined,
    run: (input, path, env, out) =>
      forEachValue(source, input, env, (value) =>
        bound.bind(value, env, (inner) => body.run(input, path, inner, out)),
      ),
  };
}

/** Alternatives (`?//`) are tried in order: the next one when something fails behind the one before. */
export function bindPatterns(patterns: readonly Pattern[], scope: Scope, compiler: Compiler): Bind {
  const [first, ...others] = patterns;
  if (first === undefined || others.length === 0) {
    return bindPattern(first ?? { kind: "array", items: [] }, scope, compiler);
  }
  return bindAlternatives(patterns, scope, compiler);
}

/** The names of all alternatives are visible; those of the ones that are not taken are null. */
function bindAlternatives(patterns: readonly Pattern[], scope: Scope, compiler: Compiler): Bind {
  const names = [...new Set(patterns.flatMap(namesOf))];
  const nulls = names.reduce((inner, name) => inner.withValue(name), scope);
  const results = names.reduce((inner, name) => inner.withValue(name), nulls);
  const binds = patterns.map((pattern) => {
    const bound = bindPattern(pattern, nulls, compiler);
    const hops = names.map((name) => hopsToValue(bound.scope, name));
    return (value: JqValue, env: Env, take: (env: Env) => boolean) =>
      bound.bind(value, withNulls(env, names.length), (inner) => {
        const values = hops.map((count) => inner.outer(count).bound);
        return take(values.reduce<Env>((at, item) => at.with(item), withNulls(env, names.length)));
      });
  });
  const attempt = (
    index: number,
    value: JqValue,
    env: Env,
    take: (env: Env) => boolean,
  ): boolean => {
    const bind = binds[index];
    if (bind === undefined) return false;
    if (index === binds.length - 1) return bind(value, env, take);
    try {
      return bind(value, env, take);
    } catch (thrown) {
      if (!(thrown instanceof JqError)) throw thrown;
      return attempt(index + 1, value, env, take);
    }
  };
  return { scope: results, bind: (value, env, take) => attempt(0, value, env, take) };
}

function withNulls(env: Env, count: number): Env {
  let inner = env;
  for (let left = count; left > 0; left -= 1) inner = inner.with(null);
  return inner;
}

function hopsToValue(scope: Scope, name: string): number {
  const found = scope.findVariable(name);
  return found?.kind === "value" ? scope.hopsTo(found.depth) : 0;
}

function namesOf(pattern: Pattern): string[] {
  switch (pattern.kind) {
    case "name":
      return [pattern.name];
    case "array":
      return pattern.items.flatMap(namesOf);
    case "object":
      return pattern.fields.flatMap(({ name, pattern: inner }) => [
        ...(name === undefined ? [] : [name]),
        ...(inner ? namesOf(inner) : []),
      ]);
  }
}

function bindPattern(pattern: Pattern, scope: Scope, compiler: Compiler): Bind {
  switch (pattern.kind) {
    case "name":
      return {
        scope: scope.withValue(pattern.name),
        bind: (value, env, take) => take(env.with(value)),
      };
    case "array":
      return bindItems(pattern.items, scope, compiler);
    case "object":
      return bindFields(pattern.fields, scope, compiler);
  }
}

function bindItems(items: readonly Pattern[], scope: Scope, compiler: Compiler): Bind {
  return items.reduce<Bind>(
    (before, item, index) => {
      const inner = bindPattern(item, before.scope, compiler);
      return {
        scope: inner.scope,
        bind: (value, env, take) =>
          before.bind(value, env, (at) => inner.bind(elementOf(value, index, env), at, take)),
      };
    },
    { scope, bind: (_, env, take) => take(env) },
  );
}

function elementOf(value: JqValue, index: number, env: Env): JqValue {
  return getKey(value, index, env.run.meter);
}

type Fields = Extract<Pattern, { kind: "object" }>["fields"];

function bindFields(fields: Fields, scope: Scope, compiler: Compiler): Bind {
  return fields.reduce<Bind>(
    (before, { key, name, pattern }) => {
      const keyFilter = compiler.compile(key, before.scope);
      const named = name === undefined ? before.scope : before.scope.withValue(name);
      const inner = pattern && bindPattern(pattern, named, compiler);
      return {
        scope: inner?.scope ?? named,
        bind: (value, env, take) =>
          before.bind(value, env, (at) =>
            forEachValue(keyFilter, value, at, (found) => {
              const field = getField(value, fieldName(value, found));
              const next = name === undefined ? at : at.with(field);
              return inner ? inner.bind(field, next, take) : take(next);
            }),
          ),
      };
    },
    { scope, bind: (_, env, take) => take(env) },
  );
}

function fieldName(value: JqValue, key: JqValue): string {
  if (typeof key === "string") return key;
  throw new JqError(
    typeOf(value) === "object"
      ? `Cannot index object with ${typeOf(key)}`
      : `Cannot use ${describe(key)} as object key`,
  );
}
