import { parseNumber } from "../values/parse-number.ts";
import type { JqValue } from "../values/value.ts";
import type { Node } from "./ast.ts";
import { type Grammar, literalText } from "./grammar.ts";
import { parseControl } from "./parse-control.ts";
import { parseObject, variableOf } from "./parse-object.ts";
import { parseText } from "./parse-text.ts";
import type { TokenStream } from "./token-stream.ts";

/** The smallest parts: a path, a literal, a call, and what has brackets or keywords around it. */
export function parseTerm(tokens: TokenStream, grammar: Grammar): Node {
  const { token, offset } = tokens;
  switch (token.kind) {
    case "number":
      tokens.next();
      return { kind: "literal", value: parseNumber(token.text) ?? 0, offset };
    case "string":
      tokens.next();
      return parseText(tokens, grammar, token);
    case "format":
      tokens.next();
      return parseFormat(tokens, grammar, token.text.slice(1), offset);
    case "field":
      tokens.next();
      return fieldOf({ kind: "identity", offset }, token.text.slice(1), offset);
    case "variable":
      tokens.next();
      return variableOf(tokens, token.text.slice(1), offset);
    case "name":
      tokens.next();
      return parseCall(tokens, grammar, token.text, offset);
    case "keyword":
      return parseControl(tokens, grammar);
    case "operator":
      return parseBracketed(tokens, grammar);
    case "end":
      throw tokens.unexpected("an expression");
  }
}

export function fieldOf(target: Node, name: string, offset: number): Node {
  return { kind: "access", target, key: literalText(name, offset), offset };
}

function parseFormat(tokens: TokenStream, grammar: Grammar, format: string, offset: number): Node {
  const { token } = tokens;
  if (token.kind !== "string") return { kind: "format", format, offset };
  tokens.next();
  return parseText(tokens, grammar, token, format);
}

const constants: ReadonlyMap<string, JqValue> = new Map([
  ["null", null],
  ["true", true],
  ["false", false],
]);

function parseCall(tokens: TokenStream, grammar: Grammar, name: string, offset: number): Node {
  const constant = constants.get(name);
  if (constant !== undefined && !tokens.sees("(")) {
    return { kind: "literal", value: constant, offset };
  }
  const args: Node[] = [];
  if (tokens.take("(")) {
    do args.push(grammar.query(tokens));
    while (tokens.take(";"));
    tokens.expect(")");
  }
  return { kind: "call", name, args, offset };
}

function parseBracketed(tokens: TokenStream, grammar: Grammar): Node {
  const { offset } = tokens;
  if (tokens.take("..")) return { kind: "call", name: "recurse", args: [], offset };
  if (tokens.take(".")) return parseDot(tokens, grammar, offset);
  if (tokens.take("{")) return parseObject(tokens, grammar, offset);
  if (tokens.take("(")) {
    const body = grammar.query(tokens);
    tokens.expect(")");
    return body;
  }
  if (tokens.take("[")) {
    if (tokens.take("]")) return { kind: "array", body: undefined, offset };
    const body = grammar.query(tokens);
    tokens.expect("]");
    return { kind: "array", body, offset };
  }
  throw tokens.unexpected("an expression");
}

/** `.`, `."key"`; brackets behind a dot are attached like those behind any term. */
function parseDot(tokens: TokenStream, grammar: Grammar, offset: number): Node {
  const target: Node = { kind: "identity", offset };
  const { token } = tokens;
  if (token.kind !== "string") return target;
  tokens.next();
  return { kind: "access", target, key: parseText(tokens, grammar, token), offset };
}
