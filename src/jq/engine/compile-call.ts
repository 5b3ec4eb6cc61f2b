import type { Definition, Node } from "../syntax/ast.ts";
import { callBuiltin } from "./call-builtin.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import { Closure, type Env, type Filter, forEachValue, many, single } from "./filter.ts";
import type { FunctionBinding, Scope } from "./scope.ts";
import type { JqValue } from "../values/value.ts";
import { unknownFunction } from "./unknown-name.ts";

/** `def f: …; body`. */
export function compileDefine(node: NodeOf<"define">, scope: Scope, compiler: Compiler): Filter {
  const binding = defineFunction(node.definition, scope, compiler);
  return compiler.compile(node.body, scope.withFunction(binding));
}

/** Compiles a function, which sees itself and what is defined before it. */
function defineFunction(
  { name, parameters, body }: Definition,
  scope: Scope,
  compiler: Compiler,
): FunctionBinding {
  const binding: FunctionBinding = {
    kind: "function",
    name,
    parameters,
    depth: scope.depth,
    compiled: undefined,
  };
  const inner = parameters.reduce(
    (outer, parameter) =>
      parameter.startsWith("$")
        ? outer.withValueParameter(parameter.slice(1))
        : outer.withClosure(parameter),
    scope.withFunction(binding),
  );
  binding.compiled = compiler.compile(body, inner);
  return binding;
}

export function compileCall(node: NodeOf<"call">, scope: Scope, compiler: Compiler): Filter {
  const { name, args } = node;
  const callable = scope.findCallable(name, args.length);
  if (callable === undefined) {
    const builtin = callBuiltin(node, scope, { ...compiler, define: defineFunction });
    if (builtin === undefined) throw compiler.error(node, unknownFunction(node, scope));
    return isBinding(builtin) ? callFunction(builtin, node, scope, compiler) : builtin;
  }
  if (callable.kind === "function") return callFunction(callable, node, scope, compiler);
  const hops = scope.hopsTo(callable.depth);
  return callable.kind === "parameter" ? valueAt(hops) : closureAt(hops);
}

function isBinding(found: Filter | FunctionBinding): found is FunctionBinding {
  return "kind" in found;
}

/** The value bound so many names further out. */
export function valueAt(hops: number): Filter {
  if (hops === 0) return single((_, env) => env.bound as JqValue);
  if (hops === 1) return single((_, env) => (env.parent ?? env).bound as JqValue);
  return single((_, env) => env.outer(hops).bound as JqValue);
}

function closureAt(hops: number): Filter {
  return many((input, path, env, out) => {
    const { filter, env: inner } = env.outer(hops).bound as Closure;
    return filter.run(input, path, inner, out);
  });
}

/** Binds one more argument and goes on with the environment it makes. */
type Argument = (
  input: JqValue,
  caller: Env,
  callee: Env,
  take: (callee: Env) => boolean,
) => boolean;

function callFunction(
  binding: FunctionBinding,
  node: NodeOf<"call">,
  scope: Scope,
  compiler: Compiler,
): Filter {
  const hops = scope.hopsTo(binding.depth);
  const outside = (env: Env) => (binding.depth === 0 ? env.root : env.outer(hops));
  const args = node.args.map((arg, index) =>
    bindArgument(arg, binding.parameters[index] ?? "", scope, compiler),
  );
  const run: Filter["run"] = (input, path, env, out) => {
    env.run.meter.step();
    const bindFrom = (index: number, callee: Env): boolean => {
      const bind = args[index];
      if (bind) return bind(input, env, callee, (next) => bindFrom(index + 1, next));
      return (binding.compiled as Filter).run(input, path, callee, out);
    };
    return bindFrom(0, outside(env));
  };
  return { one: args.length === 0 ? callOne(binding, outside) : undefined, run };
}

/** Known only when the body is compiled, which it is not inside a recursion. */
function callOne({ compiled }: FunctionBinding, outside: (env: Env) => Env): Filter["one"] {
  const one = compiled?.one;
  if (!one) return undefined;
  return (input, env) => {
    env.run.meter.step();
    return one(input, outside(env));
  };
}

function bindArgument(arg: Node, parameter: string, scope: Scope, compiler: Compiler): Argument {
  if (parameter.startsWith("$")) {
    const filter = compiler.compile(arg, scope);
    return (input, caller, callee, take) =>
      forEachValue(filter, input, caller, (value) => take(callee.with(value)));
  }
  const forwarded = forwardedClosure(arg, scope);
  if (forwarded !== undefined) {
    return (_, caller, callee, take) => take(callee.with(caller.outer(forwarded).bound));
  }
  const filter = compiler.compile(arg, scope);
  return (_, caller, callee, take) => take(callee.with(new Closure(filter, caller)));
}

/** A parameter that is only passed on is not wrapped again, or a loop would wrap it for ever. */
function forwardedClosure(arg: Node, scope: Scope): number | undefined {
  if (arg.kind !== "call" || arg.args.length > 0) return undefined;
  const callable = scope.findCallable(arg.name, 0);
  return callable?.kind === "closure" ? scope.hopsTo(callable.depth) : undefined;
}
