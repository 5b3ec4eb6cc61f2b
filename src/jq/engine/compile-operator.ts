import { JqError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import type { ArithmeticOperator, ComparisonOperator } from "../syntax/ast.ts";
import { arithmetic } from "../values/arithmetic.ts";
import { areEqual, compareValues } from "../values/compare.ts";
import { describe } from "../values/describe.ts";
import type { JqValue } from "../values/value.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import { type Filter, forEachValue, many, single } from "./filter.ts";
import type { Scope } from "./scope.ts";

type Operation = (one: JqValue, other: JqValue, meter: Meter) => JqValue;

const comparison: Readonly<Record<ComparisonOperator, Operation>> = {
  "==": areEqual,
  "!=": (one, other, meter) => !areEqual(one, other, meter),
  "<": (one, other, meter) => compareValues(one, other, meter) < 0,
  "<=": (one, other, meter) => compareValues(one, other, meter) <= 0,
  ">": (one, other, meter) => compareValues(one, other, meter) > 0,
  ">=": (one, other, meter) => compareValues(one, other, meter) >= 0,
};

const operations: Readonly<Record<ArithmeticOperator | ComparisonOperator, Operation>> = {
  ...arithmetic,
  ...comparison,
};

/** For each result of the right side, each of the left side. */
export function compileBinary(node: NodeOf<"binary">, scope: Scope, compiler: Compiler): Filter {
  const operation = operations[node.operator];
  const left = compiler.compile(node.left, scope);
  const right = compiler.compile(node.right, scope);
  const [one, other] = [left.one, right.one];
  if (one && other) {
    return single((input, env) => {
      const second = other(input, env);
      return operation(one(input, env), second, env.run.meter);
    });
  }
  return many((input, path, env, out) =>
    forEachValue(right, input, env, (second) =>
      forEachValue(left, input, env, (first) => out(operation(first, second, env.run.meter), path)),
    ),
  );
}

export function compileNegate(node: NodeOf<"negate">, scope: Scope, compiler: Compiler): Filter {
  const body = compiler.compile(node.body, scope);
  const { one } = body;
  if (one) return single((input, env) => negate(one(input, env)));
  return many((input, path, env, out) =>
    forEachValue(body, input, env, (value) => out(negate(value), path)),
  );
}

function negate(value: JqValue): JqValue {
  if (typeof value === "number") return 0 - value;
  throw new JqError(`${describe(value)} cannot be negated`);
}
