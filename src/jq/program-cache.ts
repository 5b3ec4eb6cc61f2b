import { compileJq, type JqProgram } from "./jq.ts";

/** Compiled programs by their text and the names they may use; the ones used last are kept. */
export class JqProgramCache {
  readonly #programs = new Map<string, JqProgram>();
  readonly #limit: number;

  constructor({ limit = 1_000 }: { readonly limit?: number } = {}) {
    this.#limit = limit;
  }

  /** @throws JqSyntaxError, which is not kept. */
  compile(text: string, variables: readonly string[] = []): JqProgram {
    const key = JSON.stringify([text, ...variables]);
    const program = this.#programs.get(key) ?? compileJq(text, { variables });
    this.#programs.delete(key);
    this.#programs.set(key, program);
    if (this.#programs.size > this.#limit) this.#forgetOldest();
    return program;
  }

  #forgetOldest(): void {
    for (const key of this.#programs.keys()) {
      this.#programs.delete(key);
      return;
    }
  }
}
