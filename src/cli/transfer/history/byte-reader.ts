/** Reads a stream of bytes in pieces of known sizes. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes. Throws RangeError where the stream ends before. */
  async take(size: number): Promise<Buffer> {
    return Buffer.concat(await Array.fromAsync(this.pieces(size)), size);
  }

  /** The same without holding them. */
  async *pieces(size: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let missing = size; missing > 0;) {
      const chunk = await this.#next();
      const piece = chunk.subarray(0, missing);
      this.#rest = chunk.subarray(piece.length);
      missing -= piece.length;
      yield piece;
    }
  }

  async #next(): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const next = await this.#chunks.next();
      if (next.done === true) throw new RangeError("the stream ends too early");
      this.#rest = next.value;
    }
    return this.#rest;
  }
}
