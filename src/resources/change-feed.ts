import type { Store } from "../store/store.ts";

/** Wakes readers when something they look at may have changed. It carries nothing: they read the store. */
export class ChangeFeed implements Disposable {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #subscription: Disposable;

  constructor(store: Pick<Store, "onCommitted">) {
    this.#subscription = store.onCommitted((changes) => {
      for (const { id } of changes) this.wake(id);
    });
  }

  /** Starts to watch one id. Ask it before reading, wait after: no change falls in between. */
  watch(id: string): Watch {
    let wake = Promise.withResolvers<void>();
    const onChange = (): void => wake.resolve();
    const watchers = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, watchers.add(onChange));
    return {
      reset: () => {
        wake = Promise.withResolvers();
      },
      changed: () => wake.promise,
      [Symbol.dispose]: () => {
        watchers.delete(onChange);
        if (watchers.size === 0) this.#waiting.delete(id);
      },
    };
  }

  wake(id: string): void {
    for (const onChange of this.#waiting.get(id) ?? []) onChange();
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}

export interface Watch extends Disposable {
  /** Forgets changes up to now. */
  reset(): void;
  /** Resolves when something changed since the last reset. */
  changed(): Promise<void>;
}
