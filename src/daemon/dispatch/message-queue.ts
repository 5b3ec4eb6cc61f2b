/** Hands messages from whoever has one to the one stream that sends them. Ends once. */
export class MessageQueue<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #wake = Promise.withResolvers<void>();
  #ended = false;

  push(message: T): void {
    if (this.#ended) return;
    this.#waiting.push(message);
    this.#wake.resolve();
  }

  /** What is queued is still sent. */
  end(): void {
    this.#ended = true;
    this.#wake.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      this.#wake = Promise.withResolvers();
      while (this.#waiting.length > 0) yield this.#waiting.shift() as T;
      if (this.#ended) return;
      // oxlint-disable-next-line no-await-in-loop -- waits for the next message
      await this.#wake.promise;
    }
  }
}
