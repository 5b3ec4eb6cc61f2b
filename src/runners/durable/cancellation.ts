import { cancelledFailure } from "./recorded-outcome.ts";

/** Whether work was asked to end: the whole execution, or a branch that lost. */
export class Cancellation {
  readonly #own = new AbortController();
  readonly #parent: Cancellation | undefined;
  #reason: string | undefined;

  /** @param parent what cancels this, too */
  constructor(parent?: Cancellation) {
    this.#parent = parent;
  }

  /** Why; the first reason stays. */
  get reason(): string | undefined {
    return this.#reason ?? this.#parent?.reason;
  }

  /** True for a branch that lost: the execution itself goes on. */
  get isPartial(): boolean {
    if (this.#parent === undefined) return false;
    return this.#reason !== undefined || this.#parent.isPartial;
  }

  get signals(): readonly AbortSignal[] {
    return [this.#own.signal, ...(this.#parent?.signals ?? [])];
  }

  cancel(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#own.abort(cancelledFailure(reason));
  }
}
