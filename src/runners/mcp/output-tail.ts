import { printableText } from "./printable-text.ts";

/** The last lines of an output stream, for the error that explains why a server ended. */
export class OutputTail {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder();
  #text = "";

  /** @param maxBytes roughly how much is kept, in bytes */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Uint8Array): void {
    // Cut only now and then: a chatty server must not make us copy the tail for every chunk.
    this.#text += this.#decoder.decode(chunk, { stream: true });
    if (this.#text.length > this.#maxBytes * 10) this.#text = this.#text.slice(-this.#maxBytes);
  }

  /** The tail, from the start of a line where it was cut. */
  toString(): string {
    const text = printableText(this.#text.replaceAll("\r\n", "\n")).trimEnd();
    if (text.length <= this.#maxBytes) return text;
    const cut = text.slice(-this.#maxBytes);
    return cut.slice(cut.indexOf("\n") + 1);
  }
}
