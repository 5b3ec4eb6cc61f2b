import type { Filter } from "./filter.ts";

/** A function of the program, or a built-in one that is written in jq. */
export interface FunctionBinding {
  readonly kind: "function";
  readonly name: string;
  readonly parameters: readonly string[];
  /** Size of the environment it is defined in. */
  readonly depth: number;
  /** Set when its body is compiled; calls from within the body come before. */
  compiled: Filter | undefined;
}

type Binding =
  | FunctionBinding
  /** `$name`, in the environment at this depth. */
  | { readonly kind: "value"; readonly name: string; readonly depth: number }
  /** A parameter that is called: a closure, or a value by its bare name. */
  | {
      readonly kind: "closure" | "parameter";
      readonly name: string;
      readonly depth: number;
    }
  | { readonly kind: "label"; readonly name: string; readonly depth: number }
  /** A variable that is given to the whole program. */
  | { readonly kind: "global"; readonly name: string; readonly index: number };

export type VariableBinding = Extract<Binding, { kind: "value" | "global" }>;
export type CallableBinding = Extract<Binding, { kind: "function" | "closure" | "parameter" }>;
export type LabelBinding = Extract<Binding, { kind: "label" }>;

/** The names that a part of a program sees, innermost first. */
export class Scope {
  readonly #binding: Binding | undefined;
  readonly #parent: Scope | undefined;
  /** Size of the environment when this part runs. */
  readonly depth: number;

  private constructor(binding: Binding | undefined, parent: Scope | undefined, depth: number) {
    this.#binding = binding;
    this.#parent = parent;
    this.depth = depth;
  }

  static root(variables: readonly string[]): Scope {
    let scope = new Scope(undefined, undefined, 0);
    for (const [index, name] of variables.entries()) {
      scope = new Scope({ kind: "global", name, index }, scope, 0);
    }
    return scope;
  }

  withValue(name: string): Scope {
    return this.#push({ kind: "value", name, depth: this.depth + 1 });
  }

  withClosure(name: string): Scope {
    return this.#push({ kind: "closure", name, depth: this.depth + 1 });
  }

  withLabel(name: string): Scope {
    return this.#push({ kind: "label", name, depth: this.depth + 1 });
  }

  /** `$name` is a value, and `name` calls it. */
  withValueParameter(name: string): Scope {
    const value = this.withValue(name);
    return new Scope({ kind: "parameter", name, depth: value.depth }, value, value.depth);
  }

  withFunction(binding: FunctionBinding): Scope {
    return new Scope(binding, this, this.depth);
  }

  /** How far out a name of that depth is. */
  hopsTo(depth: number): number {
    return this.depth - depth;
  }

  findVariable(name: string): VariableBinding | undefined {
    for (const binding of this.bindings()) {
      if (binding.name !== name) continue;
      if (binding.kind === "value" || binding.kind === "global") return binding;
    }
    return undefined;
  }

  findLabel(name: string): LabelBinding | undefined {
    for (const binding of this.bindings()) {
      if (binding.kind === "label" && binding.name === name) return binding;
    }
    return undefined;
  }

  findCallable(name: string, arity: number): CallableBinding | undefined {
    for (const binding of this.bindings()) {
      if (binding.name !== name) continue;
      if (binding.kind === "function" && binding.parameters.length === arity) return binding;
      if (arity === 0 && (binding.kind === "closure" || binding.kind === "parameter")) {
        return binding;
      }
    }
    return undefined;
  }

  *bindings(): Generator<Binding> {
    if (this.#binding) yield this.#binding;
    for (let scope = this.#parent; scope; scope = scope.#parent) {
      if (scope.#binding) yield scope.#binding;
    }
  }

  #push(binding: Binding): Scope {
    return new Scope(binding, this, this.depth + 1);
  }
}
