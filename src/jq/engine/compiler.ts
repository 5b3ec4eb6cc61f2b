import type { JqSyntaxError } from "../errors.ts";
import type { Node } from "../syntax/ast.ts";
import type { Filter } from "./filter.ts";
import type { FunctionBinding, Scope } from "./scope.ts";

/** What the compilers of the single kinds of nodes work with. */
export interface Compiler {
  readonly compile: (node: Node, scope: Scope) => Filter;
  readonly error: (node: Node, message: string) => JqSyntaxError;
  /** Built-in functions that are written in jq and used in this program, by `name/arity`. */
  readonly definitions: Map<string, FunctionBinding>;
}

/** A kind of node, by its name. */
export type NodeOf<K extends Node["kind"]> = Extract<Node, { readonly kind: K }>;
