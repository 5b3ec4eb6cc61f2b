import type { FieldPattern, Pattern } from "./ast.ts";
import { type Grammar, literalText } from "./grammar.ts";
import { computedKey, parseNamedKey } from "./parse-object.ts";
import type { TokenStream } from "./token-stream.ts";

/** `$a`, `[$a, $b]`, `{$a, b: $c}`, and alternatives of these behind `?//`. */
export function parsePatterns(tokens: TokenStream, grammar: Grammar): Pattern[] {
  const patterns = [parsePattern(tokens, grammar)];
  while (tokens.take("?//")) patterns.push(parsePattern(tokens, grammar));
  return patterns;
}

function parsePattern(tokens: TokenStream, grammar: Grammar): Pattern {
  if (tokens.take("[")) return parseArrayPattern(tokens, grammar);
  if (tokens.take("{")) return parseObjectPattern(tokens, grammar);
  return { kind: "name", name: tokens.takeText("variable", "a variable, [ or {").slice(1) };
}

function parseArrayPattern(tokens: TokenStream, grammar: Grammar): Pattern {
  const items = [parsePattern(tokens, grammar)];
  while (tokens.take(",")) items.push(parsePattern(tokens, grammar));
  tokens.expect("]");
  return { kind: "array", items };
}

function parseObjectPattern(tokens: TokenStream, grammar: Grammar): Pattern {
  const fields = [parseField(tokens, grammar)];
  while (tokens.take(",")) fields.push(parseField(tokens, grammar));
  tokens.expect("}");
  return { kind: "object", fields };
}

function parseField(tokens: TokenStream, grammar: Grammar): FieldPattern {
  const { token, offset } = tokens;
  if (token.kind === "variable") {
    tokens.next();
    const name = token.text.slice(1);
    const pattern = tokens.take(":") ? parsePattern(tokens, grammar) : undefined;
    return { key: literalText(name, offset), name, pattern };
  }
  const key = tokens.take("(") ? computedKey(tokens, grammar) : parseNamedKey(tokens, grammar);
  tokens.expect(":");
  return { key, name: undefined, pattern: parsePattern(tokens, grammar) };
}
