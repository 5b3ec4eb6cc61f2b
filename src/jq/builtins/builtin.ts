import { type Env, type Filter, forEachValue, many, type Run, single } from "../engine/filter.ts";
import type { JqValue } from "../values/value.ts";

/** A function that every program has. */
export type Builtin = {
  readonly name: string;
  readonly arity: number;
  /** How it is called: `limit(n; f)`. */
  readonly signature: string;
  /** What it does, in one sentence. */
  readonly doc: string;
} & (
  | { readonly build: (args: readonly Filter[]) => Filter; readonly source?: never }
  /** Its definition in jq. */
  | { readonly build?: never; readonly source: string }
);

type Described = Pick<Builtin, "name" | "arity" | "signature" | "doc">;

/** Computes one value from its input and from each combination of what its arguments yield. */
export function valueFunction(
  signature: string,
  doc: string,
  compute: (input: JqValue, args: readonly JqValue[], run: Run) => JqValue,
): Builtin {
  return { ...described(signature, doc), build: (args) => computed(args, compute) };
}

/** A function that decides itself how its arguments are run. */
export function filterFunction(
  signature: string,
  doc: string,
  build: (args: readonly [Filter, Filter, Filter]) => Filter,
): Builtin {
  const nothing = single(() => null);
  return {
    ...described(signature, doc),
    build: ([one = nothing, two = nothing, three = nothing]) => build([one, two, three]),
  };
}

/** A function that is written in jq: `def name: body;`. */
export function definedFunction(signature: string, doc: string, body: string): Builtin {
  return { ...described(signature, doc), source: `def ${signature}: ${body};` };
}

function described(signature: string, doc: string): Described {
  const [name = "", parameters] = signature.split("(");
  return { name, arity: parameters?.split(";").length ?? 0, signature, doc };
}

function computed(
  args: readonly Filter[],
  compute: (input: JqValue, args: readonly JqValue[], run: Run) => JqValue,
): Filter {
  const ones = args.flatMap(({ one }) => one ?? []);
  if (ones.length === 0 && args.length === 0) {
    return single((input, env) => compute(input, [], env.run));
  }
  if (ones.length === args.length) {
    return single((input, env) =>
      compute(
        input,
        ones.map((one) => one(input, env)),
        env.run,
      ),
    );
  }
  return many((input, path, env, out) =>
    forEachCombination(args, input, env, (values) => out(compute(input, values, env.run), path)),
  );
}

/** The last argument is the outermost loop. */
function forEachCombination(
  args: readonly Filter[],
  input: JqValue,
  env: Env,
  take: (values: readonly JqValue[]) => boolean,
): boolean {
  const from = (index: number, behind: readonly JqValue[]): boolean => {
    const arg = args[index];
    if (arg === undefined) return take(behind);
    return forEachValue(arg, input, env, (value) => from(index - 1, [value, ...behind]));
  };
  return from(args.length - 1, []);
}
