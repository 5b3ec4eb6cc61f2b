import { JqError } from "../errors.ts";
import { isTrue } from "../values/value.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import { type Filter, forEachValue, many, single } from "./filter.ts";
import type { Scope } from "./scope.ts";

export function compilePipe(node: NodeOf<"pipe">, scope: Scope, compiler: Compiler): Filter {
  const left = compiler.compile(node.left, scope);
  const right = compiler.compile(node.right, scope);
  return {
    one: composed(left, right),
    run: (input, path, env, out) =>
      left.run(input, path, env, (value, at) => right.run(value, at, env, out)),
  };
}

function composed({ one: left }: Filter, { one: right }: Filter): Filter["one"] {
  return left && right && ((input, env) => right(left(input, env), env));
}

export function compileComma(node: NodeOf<"comma">, scope: Scope, compiler: Compiler): Filter {
  const left = compiler.compile(node.left, scope);
  const right = compiler.compile(node.right, scope);
  return many(
    (input, path, env, out) => left.run(input, path, env, out) || right.run(input, path, env, out),
  );
}

/** `and`, `or`: the right side is left out when the left one decides. */
export function compileLogic(
  node: NodeOf<"and"> | NodeOf<"or">,
  scope: Scope,
  compiler: Compiler,
): Filter {
  const left = compiler.compile(node.left, scope);
  const right = compiler.compile(node.right, scope);
  const deciding = node.kind === "or";
  const [one, other] = [left.one, right.one];
  if (one && other) {
    return single((input, env) =>
      isTrue(one(input, env)) === deciding ? deciding : isTrue(other(input, env)),
    );
  }
  return many((input, path, env, out) =>
    forEachValue(left, input, env, (value) =>
      isTrue(value) === deciding
        ? out(deciding, path)
        : forEachValue(right, input, env, (last) => out(isTrue(last), path)),
    ),
  );
}

/** `a // b`: what is true of `a`; `b` when nothing is. Errors of `a` are errors. */
export function compileAlternative(
  node: NodeOf<"alternative">,
  scope: Scope,
  compiler: Compiler,
): Filter {
  const left = compiler.compile(node.left, scope);
  const right = compiler.compile(node.right, scope);
  const run: Filter["run"] = (input, path, env, out) => {
    let found = false;
    const stopped = left.run(input, path, env, (value, at) => {
      if (!isTrue(value)) return false;
      found = true;
      return out(value, at);
    });
    return found || stopped ? stopped : right.run(input, path, env, out);
  };
  return { one: alternativeOne(left, right), run };
}

function alternativeOne({ one: left }: Filter, { one: right }: Filter): Filter["one"] {
  if (!left || !right) return undefined;
  return (input, env) => {
    const value = left(input, env);
    return isTrue(value) ? value : right(input, env);
  };
}

export function compileTry(node: NodeOf<"try">, scope: Scope, compiler: Compiler): Filter {
  const body = compiler.compile(node.body, scope);
  const handler = node.handler && compiler.compile(node.handler, scope);
  return many((input, path, env, out) =>
    runCaught(body, (error) => (handler ? handler.run(error.value, path, env, out) : false))(
      input,
      path,
      env,
      out,
    ),
  );
}

/** Runs a filter and hands over its own error; what fails behind it, in `out`, is not its own. */
function runCaught(filter: Filter, failed: (error: JqError) => boolean): Filter["run"] {
  return (input, path, env, out) => {
    let passing: unknown;
    try {
      return filter.run(input, path, env, (value, at) => {
        try {
          return out(value, at);
        } catch (thrown) {
          passing = thrown;
          throw thrown;
        }
      });
    } catch (thrown) {
      if (!(thrown instanceof JqError) || thrown === passing) throw thrown;
      return failed(thrown);
    }
  };
}

export function compileIf(node: NodeOf<"if">, scope: Scope, compiler: Compiler): Filter {
  const condition = compiler.compile(node.condition, scope);
  const whenTrue = compiler.compile(node.whenTrue, scope);
  const otherwise = compiler.compile(
    node.otherwise ?? { kind: "identity", offset: node.offset },
    scope,
  );
  return {
    one: ifOne(condition, whenTrue, otherwise),
    run: (input, path, env, out) =>
      forEachValue(condition, input, env, (value) =>
        (isTrue(value) ? whenTrue : otherwise).run(input, path, env, out),
      ),
  };
}

function ifOne(
  condition: Filter,
  { one: whenTrue }: Filter,
  { one: otherwise }: Filter,
): Filter["one"] {
  const test = condition.one;
  if (!test || !whenTrue || !otherwise) return undefined;
  return (input, env) => (isTrue(test(input, env)) ? whenTrue(input, env) : otherwise(input, env));
}
