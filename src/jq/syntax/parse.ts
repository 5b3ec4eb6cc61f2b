import type { Definition, Node, NodeShape } from "./ast.ts";
import type { Grammar } from "./grammar.ts";
import { tokenize } from "./lexer.ts";
import { parsePatterns } from "./parse-pattern.ts";
import { parsePostfix } from "./parse-postfix.ts";
import { TokenStream } from "./token-stream.ts";

/** @throws JqSyntaxError with the place of what does not belong there. */
export function parse(text: string): Node {
  const tokens = new TokenStream(text, tokenize(text));
  if (tokens.done) return { kind: "identity", offset: 0 };
  const node = parseQuery(tokens);
  if (!tokens.done) throw tokens.unexpected("an operator or the end");
  return node;
}

/** A text that is only definitions, as built-in functions are written. */
export function parseDefinition(text: string): Definition {
  return readDefinition(new TokenStream(text, tokenize(text)));
}

const grammar: Grammar = {
  query: parseQuery,
  expression: (tokens) => parseOperators(tokens, 0),
  postfix: (tokens) => parsePostfix(tokens, grammar),
};

function parseQuery(tokens: TokenStream): Node {
  const left = parseCommas(tokens);
  const { offset } = tokens;
  return tokens.take("|") ? { kind: "pipe", left, right: parseQuery(tokens), offset } : left;
}

function parseCommas(tokens: TokenStream): Node {
  let left = parseStatement(tokens);
  for (;;) {
    const { offset } = tokens;
    if (!tokens.take(",")) return left;
    left = { kind: "comma", left, right: parseStatement(tokens), offset };
  }
}

/** An expression; or what takes everything behind it: a definition, or a binding with its pipe. */
function parseStatement(tokens: TokenStream): Node {
  const { offset } = tokens;
  if (tokens.sees("def")) {
    const definition = readDefinition(tokens);
    return { kind: "define", definition, body: parseQuery(tokens), offset };
  }
  const source = grammar.expression(tokens);
  if (!tokens.take("as")) return source;
  const patterns = parsePatterns(tokens, grammar);
  tokens.expect("|");
  return { kind: "bind", source, patterns, body: parseQuery(tokens), offset };
}

function readDefinition(tokens: TokenStream): Definition {
  tokens.expect("def");
  const token = tokens.next();
  if (token.kind !== "name" && token.kind !== "keyword") {
    throw tokens.error(token.offset, "expected the name of the function");
  }
  const parameters: string[] = [];
  if (tokens.take("(")) {
    do parameters.push(readParameter(tokens));
    while (tokens.take(";"));
    tokens.expect(")");
  }
  tokens.expect(":");
  const body = parseQuery(tokens);
  tokens.expect(";");
  return { name: token.text, parameters, body };
}

function readParameter(tokens: TokenStream): string {
  const token = tokens.next();
  if (token.kind === "name" || token.kind === "variable" || token.kind === "keyword") {
    return token.text;
  }
  throw tokens.error(token.offset, "expected the name of a parameter");
}

/** From the loosest to the tightest. */
const levels = [
  { operators: ["//"], groups: "right" },
  { operators: ["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="], groups: "none" },
  { operators: ["or"], groups: "left" },
  { operators: ["and"], groups: "left" },
  { operators: ["==", "!=", "<", "<=", ">", ">="], groups: "none" },
  { operators: ["+", "-"], groups: "left" },
  { operators: ["*", "/", "%"], groups: "left" },
] as const;

function parseOperators(tokens: TokenStream, depth: number): Node {
  const level = levels[depth];
  if (level === undefined) return parseSigned(tokens);
  let left = parseOperators(tokens, depth + 1);
  for (;;) {
    const { word, offset } = tokens;
    if (!level.operators.some((operator) => operator === word)) return left;
    tokens.next();
    const right = parseOperators(tokens, level.groups === "right" ? depth : depth + 1);
    left = { ...operation(word, left, right), offset };
    if (level.groups === "none" && level.operators.some((operator) => operator === tokens.word)) {
      throw tokens.error(tokens.offset, `${word} and ${tokens.word} need parentheses`);
    }
  }
}

function operation(word: string, left: Node, right: Node): NodeShape {
  switch (word) {
    case "//":
      return { kind: "alternative", left, right };
    case "or":
    case "and":
      return { kind: word, left, right };
    default:
      return levels[1].operators.some((operator) => operator === word)
        ? ({ kind: "update", operator: word, left, right } as NodeShape)
        : ({ kind: "binary", operator: word, left, right } as NodeShape);
  }
}

function parseSigned(tokens: TokenStream): Node {
  const { offset } = tokens;
  if (!tokens.take("-")) return grammar.postfix(tokens);
  return { kind: "negate", body: parseSigned(tokens), offset };
}
