import { syntaxError } from "./position.ts";

type WordKind = "number" | "field" | "variable" | "format" | "name" | "keyword" | "operator";

export type Token = { readonly offset: number } & (
  | { readonly kind: WordKind; readonly text: string }
  | { readonly kind: "string"; readonly parts: readonly StringPart[] }
  | { readonly kind: "end" }
);

/** Text as it is meant, or the tokens of an interpolation. */
export type StringPart = string | readonly Token[];

const blank = /(?:[ \t\r\n]|#(?:[^\\\n\r]|\\(?:\r\n|[^]|$)|\r(?!\n))*)+/y;
const patterns = [
  ["number", /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/y],
  ["field", /\.[a-zA-Z_]\w*/y],
  ["variable", /\$(?:[a-zA-Z_]\w*::)*[a-zA-Z_]\w*/y],
  ["format", /@[a-zA-Z0-9_]+/y],
  ["name", /(?:[a-zA-Z_]\w*::)*[a-zA-Z_]\w*/y],
  [
    "operator",
    /\?\/\/=?|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%?]/y,
  ],
] as const;

const keywords = new Set(
  "def if then elif else end as reduce foreach try catch label break import include and or __loc__ module".split(
    " ",
  ),
);

/** @throws JqSyntaxError for characters and escapes that mean nothing. */
export function tokenize(text: string): Token[] {
  return new Lexer(text).all();
}

class Lexer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  all(): Token[] {
    const tokens = this.#until(undefined);
    return [...tokens, { kind: "end", offset: this.#text.length }];
  }

  /** Tokens up to the end, or up to the parenthesis that closes an interpolation. */
  #until(closing: ")" | undefined): Token[] {
    const tokens: Token[] = [];
    let open = 0;
    for (;;) {
      this.#take(blank);
      if (this.#at >= this.#text.length) return tokens;
      const character = this.#text[this.#at];
      if (closing !== undefined && character === ")" && open === 0) return tokens;
      if (character === "(") open += 1;
      if (character === ")") open -= 1;
      tokens.push(this.#next());
    }
  }

  #next(): Token {
    const offset = this.#at;
    if (this.#text[offset] === '"') return { kind: "string", parts: this.#string(), offset };
    for (const [kind, pattern] of patterns) {
      const text = this.#take(pattern);
      if (text === "") continue;
      return { kind: kind === "name" && keywords.has(text) ? "keyword" : kind, text, offset };
    }
    const character = String.fromCodePoint(this.#text.codePointAt(offset) ?? 0);
    throw syntaxError(this.#text, offset, `${JSON.stringify(character)} means nothing here`);
  }

  #string(): StringPart[] {
    const start = this.#at;
    const parts: StringPart[] = [];
    let text = "";
    this.#at += 1;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) throw syntaxError(this.#text, start, "the string has no end");
      if (character === '"') break;
      if (this.#text.startsWith("\\(", this.#at)) {
        parts.push(text, this.#interpolation());
        text = "";
      } else text += character === "\\" ? this.#escape() : this.#plain(character);
    }
    this.#at += 1;
    parts.push(text);
    return parts.map((part) => (typeof part === "string" ? part.toWellFormed() : part));
  }

  #plain(character: string): string {
    this.#at += 1;
    return character;
  }

  #interpolation(): Token[] {
    const start = this.#at;
    this.#at += 2;
    const tokens = this.#until(")");
    if (this.#text[this.#at] !== ")") {
      throw syntaxError(this.#text, start, "the interpolation has no closing parenthesis");
    }
    tokens.push({ kind: "end", offset: this.#at });
    this.#at += 1;
    return tokens;
  }

  #escape(): string {
    const found = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
    const escape = this.#take(found);
    if (escape !== "") return JSON.parse(`"${escape}"`) as string;
    const wrong = this.#text.slice(this.#at, this.#at + 2);
    throw syntaxError(this.#text, this.#at, `${wrong} is no escape of a string`);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }
}
