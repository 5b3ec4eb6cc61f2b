import type { Node, ObjectEntry } from "./ast.ts";
import { type Grammar, literalText } from "./grammar.ts";
import { parseText } from "./parse-text.ts";
import type { TokenStream } from "./token-stream.ts";

/** `{a, $b, "c": 1, (.d): 2 | 3}`, behind the opening brace. */
export function parseObject(tokens: TokenStream, grammar: Grammar, offset: number): Node {
  const entries: ObjectEntry[] = [];
  while (!tokens.take("}")) {
    if (entries.length > 0) {
      tokens.expect(",");
      if (tokens.take("}")) break;
    }
    entries.push(parseEntry(tokens, grammar));
  }
  return { kind: "object", entries, offset };
}

function parseEntry(tokens: TokenStream, grammar: Grammar): ObjectEntry {
  const { token, offset } = tokens;
  if (token.kind === "variable") return parseVariableEntry(tokens, grammar, token.text);
  if (tokens.take("(")) {
    const key = computedKey(tokens, grammar);
    tokens.expect(":");
    return { key, value: parseValue(tokens, grammar) };
  }
  const key = parseNamedKey(tokens, grammar);
  if (tokens.take(":")) return { key, value: parseValue(tokens, grammar) };
  return { key, value: { kind: "access", target: { kind: "identity", offset }, key, offset } };
}

/** A key in parentheses, behind the opening one. */
export function computedKey(tokens: TokenStream, grammar: Grammar): Node {
  const key = grammar.query(tokens);
  if (key.kind === "literal" && typeof key.value !== "string") {
    throw tokens.error(key.offset, "the key of an object must be a text");
  }
  tokens.expect(")");
  return key;
}

function parseVariableEntry(tokens: TokenStream, grammar: Grammar, text: string): ObjectEntry {
  const { offset } = tokens.next();
  const name = text.slice(1);
  const variable = variableOf(tokens, name, offset);
  if (tokens.take(":")) return { key: variable, value: parseValue(tokens, grammar) };
  return { key: literalText(name, offset), value: variable };
}

/** A variable, or `$__loc__`: where in the program it stands. */
export function variableOf(tokens: TokenStream, name: string, offset: number): Node {
  if (name !== "__loc__") return { kind: "variable", name, offset };
  return {
    kind: "literal",
    value: { file: "<top-level>", line: tokens.lineOf(offset) },
    offset,
  };
}

/** A name, a keyword, a number or a text as a key. */
export function parseNamedKey(tokens: TokenStream, grammar: Grammar): Node {
  const token = tokens.next();
  switch (token.kind) {
    case "name":
    case "keyword":
      return literalText(token.text, token.offset);
    case "string":
      return parseText(tokens, grammar, token);
    case "format": {
      const text = tokens.next();
      if (text.kind === "string") return parseText(tokens, grammar, text, token.text.slice(1));
      throw tokens.error(text.offset, "expected a text behind the format");
    }
    default:
      throw tokens.error(
        token.offset,
        "expected a key: a name, a text, a variable, or an expression in parentheses",
      );
  }
}

/** Pipes are part of a value, commas end it. */
function parseValue(tokens: TokenStream, grammar: Grammar): Node {
  const left = grammar.expression(tokens);
  const { offset } = left;
  if (!tokens.take("|")) return left;
  return { kind: "pipe", left, right: parseValue(tokens, grammar), offset };
}
