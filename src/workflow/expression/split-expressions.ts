/** A part of a text: as it stands, or a jq expression from `${ … }`. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  /** `offset`: of the expression's first character in the whole text. */
  | { readonly kind: "expression"; readonly source: string; readonly offset: number };

/** Thrown for a `${` whose `}` is missing; `offset` is where it stands. */
export class UnclosedExpression extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super("${ is never closed by }");
    this.name = "UnclosedExpression";
    this.offset = offset;
  }
}

/**
 * Takes a text apart where it has `${ … }`. Braces inside an expression count, except in its
 * strings and comments. A text without any is one part.
 */
export function splitExpressions(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (let start = text.indexOf("${"); start >= 0; start = text.indexOf("${", at)) {
    const end = endOfExpression(text, start + 2);
    if (end < 0) throw new UnclosedExpression(start);
    if (start > at) parts.push({ kind: "text", text: text.slice(at, start) });
    parts.push({ kind: "expression", source: text.slice(start + 2, end), offset: start + 2 });
    at = end + 1;
  }
  if (at < text.length || parts.length === 0) parts.push({ kind: "text", text: text.slice(at) });
  return parts;
}

/** Offset of the brace that closes an expression, or -1. */
function endOfExpression(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === "#") at = endOfLine(text, at);
    else if (character === "{") depth++;
    else if (character === "}" && depth-- === 0) return at;
    if (at < 0) return -1;
  }
  return -1;
}

/** Offset of the quote that ends a jq string, or the last character; `\( … )` may hold strings. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] !== "\\") continue;
    at = text[at + 1] === "(" ? endOfInterpolation(text, at + 2) : at + 1;
  }
  return text.length;
}

function endOfInterpolation(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') at = endOfString(text, at);
    else if (text[at] === "(") depth++;
    else if (text[at] === ")" && depth-- === 0) return at;
  }
  return text.length;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}
