import type { Node } from "./ast.ts";
import type { Grammar } from "./grammar.ts";
import { parsePatterns } from "./parse-pattern.ts";
import type { TokenStream } from "./token-stream.ts";

/** What starts with a keyword: `if`, `try`, `reduce`, `foreach`, `label`, `break`. */
export function parseControl(tokens: TokenStream, grammar: Grammar): Node {
  const { offset } = tokens;
  if (tokens.take("if")) return parseIf(tokens, grammar, offset);
  if (tokens.take("try")) return parseTry(tokens, grammar, offset);
  if (tokens.take("reduce")) return parseReduce(tokens, grammar, offset);
  if (tokens.take("foreach")) return parseForeach(tokens, grammar, offset);
  if (tokens.take("label")) {
    const name = tokens.takeText("variable", "the label's $name").slice(1);
    tokens.expect("|");
    return { kind: "label", name, body: grammar.query(tokens), offset };
  }
  if (tokens.sees("import", "include", "module")) {
    throw tokens.error(offset, "modules are not supported");
  }
  throw tokens.unexpected("an expression");
}

/** Behind `if` or `elif`. */
function parseIf(tokens: TokenStream, grammar: Grammar, offset: number): Node {
  const condition = grammar.query(tokens);
  tokens.expect("then");
  const whenTrue = grammar.query(tokens);
  const next = tokens.offset;
  if (tokens.take("elif")) {
    return { kind: "if", condition, whenTrue, otherwise: parseIf(tokens, grammar, next), offset };
  }
  const otherwise = tokens.take("else") ? grammar.query(tokens) : undefined;
  tokens.expect("end");
  return { kind: "if", condition, whenTrue, otherwise, offset };
}

function parseTry(tokens: TokenStream, grammar: Grammar, offset: number): Node {
  const body = parseTried(tokens, grammar);
  const handler = tokens.take("catch") ? parseTried(tokens, grammar) : undefined;
  return { kind: "try", body, handler, offset };
}

/** One term, which may have a sign. */
function parseTried(tokens: TokenStream, grammar: Grammar): Node {
  const { offset } = tokens;
  if (tokens.take("-")) return { kind: "negate", body: parseTried(tokens, grammar), offset };
  return grammar.postfix(tokens);
}

function parseReduce(tokens: TokenStream, grammar: Grammar, offset: number): Node {
  const { source, patterns, init } = parseFoldHead(tokens, grammar);
  tokens.expect(";");
  const update = grammar.query(tokens);
  tokens.expect(")");
  return { kind: "reduce", source, patterns, init, update, offset };
}

function parseForeach(tokens: TokenStream, grammar: Grammar, offset: number): Node {
  const { source, patterns, init } = parseFoldHead(tokens, grammar);
  tokens.expect(";");
  const update = grammar.query(tokens);
  const extract = tokens.take(";") ? grammar.query(tokens) : undefined;
  tokens.expect(")");
  return { kind: "foreach", source, patterns, init, update, extract, offset };
}

function parseFoldHead(tokens: TokenStream, grammar: Grammar) {
  const source = grammar.expression(tokens);
  tokens.expect("as");
  const patterns = parsePatterns(tokens, grammar);
  tokens.expect("(");
  return { source, patterns, init: grammar.query(tokens) };
}
