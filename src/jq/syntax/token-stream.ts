import type { JqSyntaxError } from "../errors.ts";
import type { Token } from "./lexer.ts";
import { syntaxError } from "./position.ts";

/** The tokens of a program, or of one interpolation, read one by one. */
export class TokenStream {
  readonly #text: string;
  readonly #tokens: Token[];
  #at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = [...tokens];
  }

  get token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  get offset(): number {
    return this.token.offset;
  }

  get done(): boolean {
    return this.token.kind === "end";
  }

  /** What an interpolation holds. */
  within(tokens: readonly Token[]): TokenStream {
    return new TokenStream(this.#text, tokens);
  }

  next(): Token {
    const { token } = this;
    this.#at += 1;
    return token;
  }

  /** Text of an operator or a keyword, empty for everything else. */
  get word(): string {
    const { token } = this;
    return token.kind === "operator" || token.kind === "keyword" ? token.text : "";
  }

  sees(...words: readonly string[]): boolean {
    return words.includes(this.word);
  }

  /** Moves on when the word is there. */
  take(word: string): boolean {
    if (this.word !== word) return false;
    this.#at += 1;
    return true;
  }

  /** A question mark, also the one that the lexer took for the start of `?//`. */
  takeQuestionMark(): boolean {
    if (this.take("?")) return true;
    if (!this.sees("?//", "?//=")) return false;
    const { word, offset } = this;
    this.#tokens[this.#at] = { kind: "operator", text: word.slice(1), offset: offset + 1 };
    return true;
  }

  expect(word: string): void {
    if (!this.take(word)) throw this.unexpected(word);
  }

  /** The text of a token of this kind. */
  takeText(kind: "name" | "variable", what: string): string {
    const { token } = this;
    if (token.kind !== kind) throw this.unexpected(what);
    this.#at += 1;
    return token.text;
  }

  unexpected(expected: string): JqSyntaxError {
    const found = describeToken(this.token);
    return this.error(this.offset, `expected ${expected}, found ${found}`);
  }

  error(offset: number, message: string): JqSyntaxError {
    return syntaxError(this.#text, offset, message);
  }

  /** Line of a place, from 1. */
  lineOf(offset: number): number {
    return this.#text.slice(0, offset).split("\n").length;
  }
}

function describeToken(token: Token): string {
  if (token.kind === "end") return "the end";
  return token.kind === "string" ? "a text" : token.text;
}
