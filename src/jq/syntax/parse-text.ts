import type { Node } from "./ast.ts";
import type { Grammar } from "./grammar.ts";
import type { Token } from "./lexer.ts";
import type { TokenStream } from "./token-stream.ts";

/** A text with its interpolations, each written in a format: `@uri "?q=\(.q)"`. */
export function parseText(
  tokens: TokenStream,
  grammar: Grammar,
  token: Token & { readonly kind: "string" },
  format = "text",
): Node {
  const { offset } = token;
  const parts = token.parts.map((part) => {
    if (typeof part === "string") return part;
    const inner = tokens.within(part);
    const body = grammar.query(inner);
    if (!inner.done) throw inner.unexpected(")");
    return body;
  });
  const [only] = parts;
  if (parts.length === 1 && typeof only === "string") {
    return { kind: "literal", value: only, offset };
  }
  return { kind: "text", format, parts, offset };
}
