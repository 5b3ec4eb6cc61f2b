import type { JqValue } from "../values/value.ts";
import { type Accumulate, compileAccumulate, type Owned } from "./accumulate.ts";
import { bindPatterns, type Bind } from "./compile-bind.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import { type Env, type Filter, many, type Path } from "./filter.ts";
import type { Scope } from "./scope.ts";

/**
 * `reduce`: the last state. An update without result makes the state null.
 * Paths go the way they go in jq: those of the source are passed to the update.
 */
export function compileReduce(node: NodeOf<"reduce">, scope: Scope, compiler: Compiler): Filter {
  const fold = compileFold(node, scope, compiler);
  const accumulate = compileAccumulate(node.update, fold.scope, compiler);
  const general = lastState(fold);
  const inPlace = accumulate && lastStateInPlace(fold, accumulate);
  const { one } = fold.init;
  return {
    one: one && ((input, env) => (inPlace ?? general)(input, undefined, env, one(input, env))),
    run: (input, path, env, out) =>
      fold.init.run(input, path, env, (initial) => {
        const last = path === undefined && inPlace ? inPlace : general;
        return out(last(input, path, env, initial), path);
      }),
  };
}

type LastState = (input: JqValue, path: Path | undefined, env: Env, initial: JqValue) => JqValue;

function lastStateInPlace(fold: Fold, accumulate: Accumulate): LastState {
  return (input, path, env, initial) => {
    let state = initial;
    const owned: Owned = new Set();
    fold.forEachItem(input, path, env, (_, inner) => {
      state = accumulate(state, inner, owned);
      return false;
    });
    return state;
  };
}

function lastState(fold: Fold): LastState {
  return (input, path, env, initial) => {
    let state = initial;
    fold.forEachItem(input, path, env, (at, inner) => {
      const before = state;
      state = null;
      return fold.update.run(before, at, inner, (value) => {
        state = value;
        return false;
      });
    });
    return state;
  };
}

/** `foreach`: something of every state. */
export function compileForeach(node: NodeOf<"foreach">, scope: Scope, compiler: Compiler): Filter {
  const fold = compileFold(node, scope, compiler);
  const extract = node.extract && compiler.compile(node.extract, fold.scope);
  return many((input, path, env, out) =>
    fold.init.run(input, path, env, (initial) => {
      let state = initial;
      return fold.forEachItem(input, path, env, (at, inner) =>
        fold.update.run(state, at, inner, (value, there) => {
          state = value;
          return extract ? extract.run(value, there, inner, out) : out(value, there);
        }),
      );
    }),
  );
}

interface Fold {
  readonly init: Filter;
  readonly update: Filter;
  readonly scope: Scope;
  readonly forEachItem: (
    input: JqValue,
    path: Path | undefined,
    env: Env,
    take: (path: Path | undefined, env: Env) => boolean,
  ) => boolean;
}

function compileFold(
  node: NodeOf<"reduce"> | NodeOf<"foreach">,
  scope: Scope,
  compiler: Compiler,
): Fold {
  const source = compiler.compile(node.source, scope);
  const bound: Bind = bindPatterns(node.patterns, scope, compiler);
  return {
    init: compiler.compile(node.init, scope),
    update: compiler.compile(node.update, bound.scope),
    scope: bound.scope,
    forEachItem: (input, path, env, take) =>
      source.run(input, path, env, (item, at) => {
        env.run.meter.step();
        return bound.bind(item, env, (inner) => take(at, inner));
      }),
  };
}
