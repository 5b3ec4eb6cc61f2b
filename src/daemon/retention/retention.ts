import { toStigmerError } from "../../contract/errors.ts";
import { executionKinds } from "../../resources/execution-kinds.ts";
import type { Store } from "../../store/store.ts";
import type { Logger } from "../../system/log.ts";
import type { Settings } from "../../system/settings.ts";
import { collectHistory, type CollectionOptions } from "./collect-history.ts";
import { collectEvents, collectUnused } from "./collect-unused.ts";
import { type HistoryLimits, historyLimits, surplus } from "./history-limits.ts";

export interface RetentionOptions {
  readonly store: Store;
  readonly settings: () => Promise<Settings>;
  readonly log: Logger;
  /** Between a change and the collection after it. */
  readonly delayMs?: number;
}

/** What is going to be removed, and the settings that say so. */
export interface Surplus {
  readonly executions: number;
  readonly settings: readonly string[];
}

/** After a change: counting a million executions takes 80 ms, so not after each. */
const defaultDelayMs = 5_000;

/** Ages pass without a change, and what nothing refers to is not urgent. */
const roundMs = 60 * 60 * 1000;

/** More than these are not counted. */
const mostSurplus = 10_000;

const settingOf = {
  executions: "history.maxExecutions",
  ageMs: "history.maxAge",
  bytes: "history.maxBytes",
} as const satisfies Record<keyof HistoryLimits, string>;

const unlimited: HistoryLimits = { executions: 0, ageMs: 0, bytes: 0 };

/** Keeps the history within its limits and removes what nothing refers to, in the background. */
export class Retention implements AsyncDisposable {
  readonly #options: RetentionOptions;
  readonly #stopping = new AbortController();
  /** Aborted while somebody moves the history. */
  #pausing = new AbortController();
  #pauses = 0;
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
    this.#begin();
  }

  /**
   * Removes nothing until this is disposed: who moves the history reads what must stay, or writes
   * what is not whole. Resolves when what runs has stopped.
   */
  async pause(): Promise<Disposable> {
    this.#pauses += 1;
    this.#pausing.abort();
    await Promise.all([this.#history, this.#unused]);
    return { [Symbol.dispose]: () => this.#resume() };
  }

  /** What the next collection would remove, up to 10,000 executions. */
  async surplus(): Promise<Surplus> {
    const { read } = this.#options.store;
    const limits = historyLimits(await this.#options.settings());
    const [totals, oldest] = [read.historyTotals(), read.collectable(mostSurplus)];
    const found = Object.entries(settingOf).map(([name, setting]) => {
      const limit = { ...unlimited, [name]: limits[name as keyof HistoryLimits] };
      return { setting, executions: surplus(totals, oldest, limit, Date.now()).length };
    });
    return {
      executions: Math.max(...found.map(({ executions }) => executions)),
      settings: found.flatMap(({ setting, executions }) => (executions > 0 ? [setting] : [])),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#subscription[Symbol.dispose]();
    clearInterval(this.#rounds);
    clearTimeout(this.#timer);
    await Promise.all([this.#history, this.#unused]);
  }

  #resume(): void {
    this.#pauses -= 1;
    if (this.#pauses > 0) return;
    this.#pausing = new AbortController();
    this.#begin();
  }

  /** What an import has left behind goes first: nobody else removes it. */
  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#collectSoon(() => {
      this.#history = this.#history.then(() => this.#guarded(removeUnfinished));
      this.#round();
    });
  }

  #collectSoon(collect = (): void => this.#collectHistory()): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      collect();
    }, this.#options.delayMs ?? defaultDelayMs);
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
    const signal = AbortSignal.any([this.#stopping.signal, this.#pausing.signal]);
    if (signal.aborted || store.failure !== undefined) return;
    try {
      await collect({ store, log, signal, clock: Date.now });
    } catch (thrown) {
      log.warn("nothing collected", { error: toStigmerError(thrown) });
    }
  }
}

async function removeUnfinished({ store, log }: CollectionOptions): Promise<void> {
  const executions = await store.write("removeUnfinished", {});
  if (executions > 0) log.info("unfinished imports removed", { executions });
}
