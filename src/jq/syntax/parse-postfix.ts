import type { Node } from "./ast.ts";
import type { Grammar } from "./grammar.ts";
import { fieldOf, parseTerm } from "./parse-term.ts";
import { parseText } from "./parse-text.ts";
import type { TokenStream } from "./token-stream.ts";

/** A term and what is attached behind it: `.a.b`, `[0]`, `[]`, `[1:2]`, `?`. */
export function parsePostfix(tokens: TokenStream, grammar: Grammar): Node {
  if (tokens.take("break")) return parseBreak(tokens);
  let isAccess = tokens.token.kind === "field" || tokens.sees(".");
  let node = parseTerm(tokens, grammar);
  for (;;) {
    const { offset } = tokens;
    if (tokens.takeQuestionMark()) {
      node = isAccess ? optional(node, offset) : tried(node, offset);
      isAccess = false;
      continue;
    }
    const attached = parseAttached(tokens, grammar, node);
    if (attached === undefined) return node;
    node = attached;
    isAccess = true;
  }
}

/** Behind an access, `?` is about this access alone; behind anything else, about all of it. */
function optional(node: Node, offset: number): Node {
  const { kind } = node;
  if (kind !== "access" && kind !== "slice" && kind !== "iterate") return tried(node, offset);
  return { ...node, optional: true };
}

function tried(body: Node, offset: number): Node {
  return { kind: "try", body, handler: undefined, offset };
}

function parseBreak(tokens: TokenStream): Node {
  const { offset } = tokens;
  return { kind: "break", name: tokens.takeText("variable", "the label's $name").slice(1), offset };
}

function parseAttached(tokens: TokenStream, grammar: Grammar, target: Node): Node | undefined {
  const { token, offset } = tokens;
  if (token.kind === "field") {
    tokens.next();
    return fieldOf(target, token.text.slice(1), offset);
  }
  if (tokens.take("[")) return parseBrackets(tokens, grammar, target);
  if (!tokens.sees(".")) return undefined;
  return parseDotted(tokens, grammar, target);
}

/** `.a."key"` and `.a.[0]`. */
function parseDotted(tokens: TokenStream, grammar: Grammar, target: Node): Node {
  const { offset } = tokens.next();
  const { token } = tokens;
  if (token.kind === "string") {
    tokens.next();
    return { kind: "access", target, key: parseText(tokens, grammar, token), offset };
  }
  if (!tokens.take("[")) throw tokens.unexpected("a field");
  return parseBrackets(tokens, grammar, target);
}

/** Behind the opening bracket. */
function parseBrackets(tokens: TokenStream, grammar: Grammar, target: Node): Node {
  const { offset } = tokens;
  if (tokens.take("]")) return { kind: "iterate", target, offset };
  if (tokens.take(":")) {
    const to = grammar.query(tokens);
    tokens.expect("]");
    return { kind: "slice", target, from: undefined, to, offset };
  }
  const key = grammar.query(tokens);
  if (tokens.take("]")) return { kind: "access", target, key, offset };
  tokens.expect(":");
  const to = tokens.sees("]") ? undefined : grammar.query(tokens);
  tokens.expect("]");
  return { kind: "slice", target, from: key, to, offset };
}
