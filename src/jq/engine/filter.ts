import type { Meter } from "../meter.ts";
import type { RegexCache } from "../regex/find-matches.ts";
import type { JqValue } from "../values/value.ts";

/**
 * A compiled part of a program.
 *
 * Results are handed to a callback, in order. Calls that end a function are real tail calls in
 * JavaScriptCore, so a loop written as a recursion runs in constant stack.
 */
export interface Filter {
  /** Set when there is always exactly one result, or an error: saves the callback. */
  readonly one: One | undefined;
  /** @returns true when a callback asked for no more results. */
  readonly run: (input: JqValue, path: Path | undefined, env: Env, out: Out) => boolean;
}

export type One = (input: JqValue, env: Env) => JqValue;

/** Takes a result; true means: stop. The path is only there where paths are asked for. */
export type Out = (value: JqValue, path: Path | undefined) => boolean;

/**
 * Where a value was found, from the inside out. A filter that makes a new value passes on the path
 * it got: the value is then not the one at the path, which is how a wrong path is noticed.
 */
export interface Path {
  readonly parent: Path | undefined;
  /** Null at the root, which has no parent. */
  readonly key: JqValue;
  readonly value: JqValue;
}

/** One evaluation of a program. */
export interface Run {
  readonly meter: Meter;
  readonly regexes: RegexCache;
  /** Values of the program's own variables, in the order of their names. */
  readonly variables: readonly JqValue[];
  /** Milliseconds since 1970; absent when the program may not know the time. */
  readonly now: (() => number) | undefined;
  /** What `env` and `$ENV` show. */
  readonly environment: JqValue;
}

/** What a name stands for while a program runs: a value, a closure or a label. */
export type Bound = JqValue | Closure | Label;

/** The names in scope, innermost first. Which is which is known when the program is compiled. */
export class Env {
  readonly bound: Bound;
  readonly parent: Env | undefined;
  readonly run: Run;
  readonly root: Env;

  constructor(bound: Bound, parent: Env | undefined, run: Run) {
    this.bound = bound;
    this.parent = parent;
    this.run = run;
    this.root = parent?.root ?? this;
  }

  with(bound: Bound): Env {
    return new Env(bound, this, this.run);
  }

  /** The environment so many names further out. */
  outer(hops: number): Env {
    let env = hops === 0 ? this : this.parent;
    for (let left = hops; left > 1; left -= 1) env = env?.parent;
    return env ?? this;
  }
}

export class Closure {
  readonly filter: Filter;
  readonly env: Env;

  constructor(filter: Filter, env: Env) {
    this.filter = filter;
    this.env = env;
  }
}

/** One run through a `label`. */
export class Label {
  readonly kind = "label";
}

/** Leaves everything up to the label; no error, so `try` lets it pass. */
export class BreakSignal extends Error {
  readonly label: Label;

  constructor(label: Label) {
    super("break");
    this.label = label;
  }
}

/** Exactly one result. */
export function single(one: One): Filter {
  return { one, run: (input, path, env, out) => out(one(input, env), path) };
}

/** Any number of results. */
export function many(run: Filter["run"]): Filter {
  return { one: undefined, run };
}

/** All results of a filter, for values: paths are not kept. */
export function forEachValue(
  filter: Filter,
  input: JqValue,
  env: Env,
  take: (value: JqValue) => boolean,
): boolean {
  return filter.one ? take(filter.one(input, env)) : filter.run(input, undefined, env, take);
}

export function collect(filter: Filter, input: JqValue, env: Env): JqValue[] {
  if (filter.one) return [filter.one(input, env)];
  const { meter } = env.run;
  const values: JqValue[] = [];
  filter.run(input, undefined, env, (value) => {
    meter.allocate(8);
    values.push(value);
    return false;
  });
  return values;
}
