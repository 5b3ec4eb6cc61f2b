import type { Node } from "../syntax/ast.ts";
import { add } from "../values/arithmetic.ts";
import { getKey } from "../values/access.ts";
import { setKey } from "../values/change.ts";
import { isArray, isObject, isTrue, type JqValue, ownValue, setOwn } from "../values/value.ts";
import { updateChanges } from "./compile-update.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import type { Env, One } from "./filter.ts";
import { ignoresInput } from "./ignores-input.ts";
import type { Scope } from "./scope.ts";

/** Arrays and objects that only the state of one `reduce` holds, so that they may be changed. */
export type Owned = Set<object>;

/** The next state. */
export type Accumulate = (state: JqValue, env: Env, owned: Owned) => JqValue;

/**
 * The update of a `reduce` in a form that changes its state in place, so that a loop over n items
 * takes n steps and not n²: sums and assignments whose other operands do not look at the state, and
 * therefore cannot keep it. Undefined for every other update.
 */
export function compileAccumulate(
  node: Node,
  scope: Scope,
  compiler: Compiler,
): Accumulate | undefined {
  switch (node.kind) {
    case "identity":
      return (state) => state;
    case "pipe":
      return accumulatePipe(node, scope, compiler);
    case "if":
      return accumulateIf(node, scope, compiler);
    case "binary":
      return accumulateSum(node, scope, compiler);
    case "update":
      return accumulateUpdate(node, scope, compiler);
    default:
      return undefined;
  }
}

function accumulatePipe(
  { left, right }: NodeOf<"pipe">,
  scope: Scope,
  compiler: Compiler,
): Accumulate | undefined {
  const first = compileAccumulate(left, scope, compiler);
  const second = first && compileAccumulate(right, scope, compiler);
  return first && second && ((state, env, owned) => second(first(state, env, owned), env, owned));
}

/** The condition may look at the state: only whether it is true is kept of it. */
function accumulateIf(
  { condition, whenTrue, otherwise, offset }: NodeOf<"if">,
  scope: Scope,
  compiler: Compiler,
): Accumulate | undefined {
  const test = compiler.compile(condition, scope).one;
  const yes = compileAccumulate(whenTrue, scope, compiler);
  const no = compileAccumulate(otherwise ?? { kind: "identity", offset }, scope, compiler);
  if (!test || !yes || !no) return undefined;
  return (state, env, owned) => (isTrue(test(state, env)) ? yes : no)(state, env, owned);
}

/** `. + x` */
function accumulateSum(
  { operator, left, right }: NodeOf<"binary">,
  scope: Scope,
  compiler: Compiler,
): Accumulate | undefined {
  const operand = independent(right, scope, compiler);
  if (operator !== "+" || left.kind !== "identity" || !operand) return undefined;
  return (state, env, owned) => addTo(state, operand(null, env), { env, owned });
}

/** `.a[$k] = x`, `.a += x`, … */
function accumulateUpdate(
  { operator, left, right }: NodeOf<"update">,
  scope: Scope,
  compiler: Compiler,
): Accumulate | undefined {
  const keys = keysOf(left, scope, compiler);
  const operand = independent(right, scope, compiler);
  if (operator === "|=" || !keys || !operand) return undefined;
  const change = updateChanges[operator];
  return (state, env, owned) => {
    const value = operand(null, env);
    const path = keys.map((key) => key(null, env));
    return changeAt(state, path, { env, owned }, (item) =>
      operator === "+=" ? addTo(item, value, { env, owned }) : change(item, value, env.run.meter),
    );
  };
}

/** An operand that gives one value, whatever the state is. */
function independent(node: Node, scope: Scope, compiler: Compiler): One | undefined {
  return ignoresInput(node) ? compiler.compile(node, scope).one : undefined;
}

/** The keys of a path from the state, the outermost first. */
function keysOf(node: Node, scope: Scope, compiler: Compiler): One[] | undefined {
  if (node.kind === "identity") return [];
  if (node.kind !== "access" || node.optional) return undefined;
  const outer = keysOf(node.target, scope, compiler);
  const key = independent(node.key, scope, compiler);
  return outer && key && [...outer, key];
}

interface Place {
  readonly env: Env;
  readonly owned: Owned;
}

function addTo(state: JqValue, operand: JqValue, { env, owned }: Place): JqValue {
  const { meter } = env.run;
  if (isArray(state) && isArray(operand)) {
    const mine = ownedArray(state, { env, owned });
    meter.copy(operand.length);
    for (const item of operand) mine.push(item);
    return mine;
  }
  if (isObject(state) && isObject(operand)) {
    const mine = ownedObject(state, { env, owned });
    const keys = Object.keys(operand);
    meter.copy(keys.length);
    for (const key of keys) setOwn(mine, key, ownValue(operand, key));
    return mine;
  }
  return add(state, operand, meter);
}

function changeAt(
  state: JqValue,
  path: readonly JqValue[],
  place: Place,
  change: (item: JqValue) => JqValue,
): JqValue {
  const [key, ...rest] = path;
  if (key === undefined) return change(state);
  const { meter } = place.env.run;
  meter.step();
  const item = changeAt(getKey(state, key, meter), rest, place, change);
  if (isObject(state) && typeof key === "string") {
    const mine = ownedObject(state, place);
    setOwn(mine, key, item);
    return mine;
  }
  if (isArray(state) && isElement(state, key)) {
    const mine = ownedArray(state, place);
    mine[key] = item;
    return mine;
  }
  return setKey(state, key, item, meter);
}

/** An element that is there, or the one behind the last. */
function isElement(array: readonly JqValue[], key: JqValue): key is number {
  return typeof key === "number" && Number.isInteger(key) && key >= 0 && key <= array.length;
}

function ownedArray(array: readonly JqValue[], { env, owned }: Place): JqValue[] {
  if (owned.has(array)) return array as JqValue[];
  env.run.meter.copy(array.length);
  const mine = [...array];
  owned.add(mine);
  return mine;
}

function ownedObject(
  object: Readonly<Record<string, JqValue>>,
  { env, owned }: Place,
): Record<string, JqValue> {
  if (owned.has(object)) return object;
  env.run.meter.copy(Object.keys(object).length);
  const mine = { ...object };
  owned.add(mine);
  return mine;
}
