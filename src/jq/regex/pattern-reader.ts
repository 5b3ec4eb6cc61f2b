import { JqError } from "../errors.ts";

/** The characters of a regular expression, read one by one. */
export class PatternReader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = Array.from(pattern);
  }

  get done(): boolean {
    return this.#at >= this.#characters.length;
  }

  /** The next character, empty at the end. */
  get next(): string {
    return this.#characters[this.#at] ?? "";
  }

  read(): string {
    const { next } = this;
    this.#at += 1;
    return next;
  }

  sees(text: string): boolean {
    return Array.from(text).every(
      (character, index) => this.#characters[this.#at + index] === character,
    );
  }

  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += Array.from(text).length;
    return true;
  }

  /** What the pattern, anchored with `^`, finds next; undefined, and nothing taken, when nothing. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.#characters.slice(this.#at, this.#at + 80).join(""));
    if (!found) return undefined;
    this.#at += Array.from(found[0]).length;
    return found;
  }

  /** Everything up to a character, which is taken, too. */
  until(end: string, problem: string): string {
    let text = "";
    while (!this.done && this.next !== end) text += this.read();
    if (this.done) throw regexError(problem);
    this.read();
    return text;
  }
}

export function regexError(problem: string): JqError {
  return new JqError(`Regex failure: ${problem}`);
}
