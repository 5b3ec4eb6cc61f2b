import { formatValue } from "../values/formats.ts";
import { JqError } from "../errors.ts";
import { describe } from "../values/describe.ts";
import { concatenate } from "../values/arithmetic.ts";
import { type JqValue, setOwn } from "../values/value.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import { collect, type Env, type Filter, forEachValue, many, type One, single } from "./filter.ts";
import type { Scope } from "./scope.ts";

export function compileArray(node: NodeOf<"array">, scope: Scope, compiler: Compiler): Filter {
  const body = node.body && compiler.compile(node.body, scope);
  return single((input, env) => {
    env.run.meter.allocate(16);
    return body ? collect(body, input, env) : [];
  });
}

interface Entry {
  readonly key: Filter;
  readonly value: Filter;
}

/** One object for each combination; the first key is the outermost loop. */
export function compileObject(node: NodeOf<"object">, scope: Scope, compiler: Compiler): Filter {
  const entries = node.entries.map((entry) => ({
    key: compiler.compile(entry.key, scope),
    value: compiler.compile(entry.value, scope),
  }));
  const ones = entries.flatMap(({ key, value }) =>
    key.one && value.one ? [{ key: key.one, value: value.one }] : [],
  );
  if (ones.length === entries.length) return single(plainObject(ones));
  return many((input, path, env, out) => {
    const build = (index: number, built: Readonly<Record<string, JqValue>>): boolean => {
      const entry = entries[index];
      if (entry === undefined) return out(built, path);
      return forEachEntry(entry, input, env, (key, value) => {
        env.run.meter.copy(index);
        const next = { ...built };
        setOwn(next, key, value);
        return build(index + 1, next);
      });
    };
    return build(0, {});
  });
}

function plainObject(entries: readonly { readonly key: One; readonly value: One }[]): One {
  return (input, env) => {
    const object: Record<string, JqValue> = {};
    env.run.meter.copy(entries.length);
    for (const { key, value } of entries) {
      const name = keyOf(key(input, env));
      setOwn(object, name, value(input, env));
    }
    return object;
  };
}

function forEachEntry(
  { key, value }: Entry,
  input: JqValue,
  env: Env,
  take: (key: string, value: JqValue) => boolean,
): boolean {
  return forEachValue(key, input, env, (name) => {
    const checked = keyOf(name);
    return forEachValue(value, input, env, (item) => take(checked, item));
  });
}

function keyOf(key: JqValue): string {
  if (typeof key === "string") return key;
  throw new JqError(`Cannot use ${describe(key)} as object key`);
}

/** A text with interpolations; the last one is the outermost loop. */
export function compileText(node: NodeOf<"text">, scope: Scope, compiler: Compiler): Filter {
  const parts = node.parts.map((part) =>
    typeof part === "string"
      ? single(() => part)
      : formatted(compiler.compile(part, scope), node.format),
  );
  const ones = parts.flatMap(({ one }) => one ?? []);
  if (ones.length === parts.length) {
    return single((input, env) =>
      ones.reduceRight<string>(
        (text, one) => concatenate(one(input, env) as string, text, env.run.meter),
        "",
      ),
    );
  }
  return many((input, path, env, out) => {
    const build = (index: number, behind: string): boolean => {
      const part = parts[index];
      if (part === undefined) return out(behind, path);
      return forEachValue(part, input, env, (text) =>
        build(index - 1, concatenate(text as string, behind, env.run.meter)),
      );
    };
    return build(parts.length - 1, "");
  });
}

/** `@base64` and the like, alone: writes its input. */
export function compileFormat(node: NodeOf<"format">): Filter {
  return single((input, env) => formatValue(node.format, input, env.run.meter));
}

function formatted(filter: Filter, format: string): Filter {
  const { one } = filter;
  if (one) return single((input, env) => formatValue(format, one(input, env), env.run.meter));
  return many((input, path, env, out) =>
    forEachValue(filter, input, env, (value) =>
      out(formatValue(format, value, env.run.meter), path),
    ),
  );
}
