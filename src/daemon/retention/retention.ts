import { toStigmerError } from "../../contract/errors.ts";
import { executionKinds } from "../../resources/execution-kinds.ts";
import type { Store } from "../../store/store.ts";
import type { Logger } from "../../system/log.ts";
import type { Settings } from "../../system/settings.ts";
import { collectHistory, type CollectionOptions } from "./collect-history.ts";
import { collectEvents, collectUnused } from "./collect-unused.ts";
import { historyLimits } from "./history-limits.ts";

export interface RetentionOptions {
  readonly store: Store;
  readonly settings: () => Promise<Settings>;
  readonly log: Logger;
}

/** After a change: counting a million executions takes 80 ms, so not after each. */
const delayMs = 5_000;

/** Ages pass without a change, and what nothing refers to is not urgent. */
const roundMs = 60 * 60 * 1000;

/** Keeps the history within its limits and removes what nothing refers to, in the background. */
export class Retention implements AsyncDisposable {
  readonly #options: RetentionOptions;
  readonly #stopping = new AbortController();
  readonly #subscription: Disposable;
  readonly #rounds: ReturnType<typeof setInterval>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #history: Promise<void> = Promise.resolve();
  #unused: Promise<void> = Promise.resolve();

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#subscription = options.store.onCommitted((changes) => {
      if (changes.some(({ kind }) => executionKinds.has(kind))) this.#collectSoon();
    });
    this.#rounds = setInterval(() => this.#round(), roundMs);
    this.#collectSoon(() => this.#round());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#subscription[Symbol.dispose]();
    clearInterval(this.#rounds);
    clearTimeout(this.#timer);
    await Promise.all([this.#history, this.#unused]);
  }

  #collectSoon(collect = (): void => this.#collectHistory()): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      collect();
    }, delayMs);
  }

  #round(): void {
    this.#collectHistory();
    this.#unused = this.#unused.then(() =>
      this.#guarded(async (options) => {
        const settings = await this.#options.settings();
        await collectEvents(options, settings.get("history.maxEventAge"));
        await collectUnused(options);
      }),
    );
  }

  #collectHistory(): void {
    this.#history = this.#history.then(() =>
      this.#guarded(async (options) => {
        await collectHistory(options, historyLimits(await this.#options.settings()));
      }),
    );
  }

  /** What fails now is tried again at the next occasion. */
  async #guarded(collect: (options: CollectionOptions) => Promise<void>): Promise<void> {
    const { store, log } = this.#options;
    const { signal } = this.#stopping;
    if (signal.aborted || store.failure !== undefined) return;
    try {
      await collect({ store, log, signal, clock: Date.now });
    } catch (thrown) {
      log.warn("nothing collected", { error: toStigmerError(thrown) });
    }
  }
}
