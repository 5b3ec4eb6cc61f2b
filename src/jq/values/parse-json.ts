import { JqError } from "../errors.ts";
import { parseNumber } from "./parse-number.ts";
import { type JqValue, setOwn } from "./value.ts";

const blank = /[ \t\n\r]*/y;
const word = /[^\s[\]{},:"]+/y;
// oxlint-disable-next-line no-control-regex
const string = /"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/y;
const deepest = 10_000;

/**
 * Reads a JSON text as `fromjson` does: also `nan`, infinities and numbers like `.5` and `+1`.
 * @throws JqError saying what is wrong and where.
 */
export function parseJson(text: string): JqValue {
  try {
    return JSON.parse(text) as JqValue;
  } catch {
    return new JsonReader(text).read();
  }
}

/** Reads what JavaScript's own parser refuses, or says why it is wrong. */
class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text.startsWith("\ufeff") ? text.slice(1) : text;
  }

  read(): JqValue {
    this.#take(blank);
    if (this.#at >= this.#text.length) throw this.#error("Expected JSON value", "none");
    const value = this.#value();
    this.#take(blank);
    if (this.#at < this.#text.length) throw this.#error("Unexpected extra JSON values", "none");
    return value;
  }

  #value(): JqValue {
    this.#take(blank);
    switch (this.#text[this.#at]) {
      case "[":
        return this.#nested(() => this.#array());
      case "{":
        return this.#nested(() => this.#object());
      case '"':
        return this.#string();
      default:
        return this.#literal();
    }
  }

  #nested<T>(read: () => T): T {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > deepest) throw this.#error("Exceeds depth limit for parsing");
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #array(): JqValue {
    const items: JqValue[] = [];
    if (this.#sees("]")) return items;
    for (;;) {
      items.push(this.#value());
      if (this.#sees("]")) return items;
      this.#expect(",", "Expected separator between values");
    }
  }

  #object(): JqValue {
    const object: Record<string, JqValue> = {};
    if (this.#sees("}")) return object;
    for (;;) {
      this.#take(blank);
      if (this.#text[this.#at] !== '"') throw this.#wrongKey();
      const key = this.#string();
      this.#expect(":", "Objects must consist of key:value pairs");
      setOwn(object, key, this.#value());
      if (this.#sees("}")) return object;
      this.#expect(",", "Expected separator between values");
    }
  }

  #wrongKey(): JqError {
    if (this.#text[this.#at] === "'") return this.#wrongQuote();
    return this.#error("Object keys must be strings");
  }

  #wrongQuote(): JqError {
    this.#take(word);
    this.#at += 1;
    return this.#error(`Invalid string literal; expected ", but got '`);
  }

  #string(): string {
    const found = this.#take(string);
    if (found === "") throw this.#error("Unfinished string", "end");
    return JSON.parse(found) as string;
  }

  #literal(): JqValue {
    const found = this.#take(word);
    if (found === "true") return true;
    if (found === "false") return false;
    if (found === "null") return null;
    const number = parseNumber(found);
    if (number !== undefined) return number;
    if (found === "") throw this.#error("Unfinished JSON term", "end");
    if (found.startsWith("'")) throw this.#wrongQuote();
    throw this.#error("Invalid numeric literal");
  }

  #sees(character: string): boolean {
    this.#take(blank);
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string, problem: string): void {
    if (this.#sees(character)) return;
    const isEnd = this.#at >= this.#text.length;
    throw this.#error(isEnd ? "Unfinished JSON term" : problem);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #error(problem: string, where: "here" | "end" | "none" = "here"): JqError {
    const parsed = `(while parsing '${this.#text}')`;
    if (where === "none") return new JqError(`${problem} ${parsed}`);
    const read = this.#text.slice(0, where === "end" ? undefined : this.#at);
    const line = read.split("\n").length;
    const column = read.length - (read.lastIndexOf("\n") + 1);
    const end = read.length >= this.#text.length ? "at EOF " : "";
    return new JqError(`${problem} ${end}at line ${line}, column ${column} ${parsed}`);
  }
}
