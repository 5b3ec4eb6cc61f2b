/** How many documents one execution keeps at a time. */
const maxKept = 32;

/** Documents that the calls of one execution have read, in memory. */
export class KeptDocuments {
  readonly #texts = new Map<string, string>();

  get(key: string): string | undefined {
    return this.#texts.get(key);
  }

  add(key: string, text: string): void {
    const [oldest] = this.#texts.keys();
    if (this.#texts.size >= maxKept && oldest !== undefined) this.#texts.delete(oldest);
    this.#texts.set(key, text);
  }
}
