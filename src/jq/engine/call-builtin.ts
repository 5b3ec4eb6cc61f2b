import { findBuiltin } from "../builtins/all-builtins.ts";
import { parseDefinition } from "../syntax/parse.ts";
import type { Definition } from "../syntax/ast.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import type { Filter } from "./filter.ts";
import { type FunctionBinding, Scope } from "./scope.ts";

interface DefiningCompiler extends Compiler {
  readonly define: (definition: Definition, scope: Scope, compiler: Compiler) => FunctionBinding;
}

/** A built-in function: compiled in place, or, when it is written in jq, like one of the program. */
export function callBuiltin(
  node: NodeOf<"call">,
  scope: Scope,
  compiler: DefiningCompiler,
): Filter | FunctionBinding | undefined {
  const builtin = findBuiltin(node.name, node.args.length);
  if (builtin === undefined) return undefined;
  if (builtin.build) return builtin.build(node.args.map((arg) => compiler.compile(arg, scope)));
  return definitionOf(`${node.name}/${node.args.length}`, builtin.source, compiler);
}

/** Compiled once for each program that uses it, and seeing nothing but other built-in functions. */
function definitionOf(key: string, source: string, compiler: DefiningCompiler): FunctionBinding {
  const known = compiler.definitions.get(key);
  if (known) return known;
  const binding = compiler.define(parseDefinition(source), Scope.root([]), compiler);
  compiler.definitions.set(key, binding);
  return binding;
}
