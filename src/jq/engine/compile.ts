import { JqSyntaxError } from "../errors.ts";
import type { Node } from "../syntax/ast.ts";
import { parse } from "../syntax/parse.ts";
import { syntaxError } from "../syntax/position.ts";
import { isFormat } from "../values/formats.ts";
import { compileAccess, compileIterate, compileSlice } from "./compile-access.ts";
import { compileBind } from "./compile-bind.ts";
import { compileCall, compileDefine, valueAt } from "./compile-call.ts";
import {
  compileAlternative,
  compileComma,
  compileIf,
  compileLogic,
  compilePipe,
  compileTry,
} from "./compile-flow.ts";
import { compileForeach, compileReduce } from "./compile-fold.ts";
import { compileBreak, compileLabel } from "./compile-label.ts";
import { compileBinary, compileNegate } from "./compile-operator.ts";
import { compileUpdate } from "./compile-update.ts";
import { compileArray, compileFormat, compileObject, compileText } from "./compile-value.ts";
import type { Compiler, NodeOf } from "./compiler.ts";
import { type Filter, single } from "./filter.ts";
import { Scope } from "./scope.ts";
import { unknownVariable } from "./unknown-name.ts";

/** @throws JqSyntaxError for what does not parse and for names that nothing defines. */
export function compile(text: string, variables: readonly string[]): Filter {
  try {
    const compiler: Compiler = {
      compile: (node, scope) => compileNode(node, scope, compiler),
      error: (node, message) => syntaxError(text, node.offset, message),
      definitions: new Map(),
    };
    return compileNode(parse(text), Scope.root(variables), compiler);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new JqSyntaxError("the program is nested too deeply", { line: 1, column: 1, offset: 0 });
  }
}

function compileNode(node: Node, scope: Scope, compiler: Compiler): Filter {
  switch (node.kind) {
    case "identity":
      return { one: (input) => input, run: (input, path, _env, out) => out(input, path) };
    case "literal":
      return single(() => node.value);
    case "variable":
      return compileVariable(node, scope, compiler);
    case "text":
    case "format":
      return compileFormatted(node, scope, compiler);
    case "access":
      return compileAccess(node, scope, compiler);
    case "slice":
      return compileSlice(node, scope, compiler);
    case "iterate":
      return compileIterate(node, scope, compiler);
    case "array":
      return compileArray(node, scope, compiler);
    case "object":
      return compileObject(node, scope, compiler);
    case "negate":
      return compileNegate(node, scope, compiler);
    case "binary":
      return compileBinary(node, scope, compiler);
    case "update":
      return compileUpdate(node, scope, compiler);
    default:
      return compileFlow(node, scope, compiler);
  }
}

type Flow =
  | "pipe"
  | "comma"
  | "and"
  | "or"
  | "alternative"
  | "if"
  | "try"
  | "reduce"
  | "foreach"
  | "bind"
  | "define"
  | "call"
  | "label"
  | "break";

function compileFlow(node: NodeOf<Flow>, scope: Scope, compiler: Compiler): Filter {
  switch (node.kind) {
    case "pipe":
      return compilePipe(node, scope, compiler);
    case "comma":
      return compileComma(node, scope, compiler);
    case "and":
    case "or":
      return compileLogic(node, scope, compiler);
    case "alternative":
      return compileAlternative(node, scope, compiler);
    case "if":
      return compileIf(node, scope, compiler);
    case "try":
      return compileTry(node, scope, compiler);
    case "reduce":
      return compileReduce(node, scope, compiler);
    case "foreach":
      return compileForeach(node, scope, compiler);
    case "bind":
      return compileBind(node, scope, compiler);
    case "define":
      return compileDefine(node, scope, compiler);
    case "call":
      return compileCall(node, scope, compiler);
    case "label":
      return compileLabel(node, scope, compiler);
    case "break":
      return compileBreak(node, scope, compiler);
  }
}

function compileFormatted(
  node: NodeOf<"text"> | NodeOf<"format">,
  scope: Scope,
  compiler: Compiler,
): Filter {
  if (!isFormat(node.format)) throw compiler.error(node, `@${node.format} is no format`);
  return node.kind === "text" ? compileText(node, scope, compiler) : compileFormat(node);
}

function compileVariable(node: NodeOf<"variable">, scope: Scope, compiler: Compiler): Filter {
  const { name } = node;
  const found = scope.findVariable(name);
  if (found?.kind === "value") return valueAt(scope.hopsTo(found.depth));
  if (found?.kind === "global") {
    return single((_, env) => env.run.variables[found.index] ?? null);
  }
  if (name === "ENV") return single((_, env) => env.run.environment);
  throw compiler.error(node, unknownVariable(name, scope));
}
