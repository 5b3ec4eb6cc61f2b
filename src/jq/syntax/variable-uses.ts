import type { Node } from "./ast.ts";
import { parse } from "./parse.ts";

/** A variable in a program, and the member that is taken of it where its name is written there. */
export interface VariableUse {
  readonly name: string;
  /** `key` of `$secrets.key`; undefined for the whole, and for a name that is computed. */
  readonly member: string | undefined;
}

/** Every place of a program that names a variable. @throws JqSyntaxError */
export function variableUses(program: string): VariableUse[] {
  const uses: VariableUse[] = [];
  const open: unknown[] = [parse(program)];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (isNode(at, "variable")) uses.push({ name: at.name, member: undefined });
    else if (isNode(at, "access") && at.target.kind === "variable") {
      uses.push({ name: at.target.name, member: literalOf(at.key) });
      open.push(at.key);
    } else if (isObject(at)) {
      open.push(...Object.values(at).filter((value) => isObject(value)));
    }
  }
  return uses;
}

function literalOf(key: Node): string | undefined {
  if (key.kind === "literal") return typeof key.value === "string" ? key.value : undefined;
  const isText = key.kind === "text" && key.parts.every((part) => typeof part === "string");
  return isText ? key.parts.join("") : undefined;
}

function isNode<Kind extends Node["kind"]>(
  value: unknown,
  kind: Kind,
): value is Node & { readonly kind: Kind } {
  return isObject(value) && "kind" in value && value.kind === kind && "offset" in value;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
