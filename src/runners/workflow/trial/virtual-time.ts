import type { Timers } from "../../durable/timers.ts";

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/**
 * A time that passes when nothing else is left to do: whoever waits for a month is called back at
 * once. Timers that are due at the same moment go off in the order in which they were set.
 */
export class VirtualTime implements Timers {
  #nowMs: number;
  readonly #timers = new Set<Timer>();
  /** Grows with whatever asks for the time or sets a timer: while it grows, somebody works. */
  #activity = 0;

  /** @param startMs milliseconds since 1970 */
  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  readonly clock = (): number => {
    this.#activity += 1;
    return this.#nowMs;
  };

  after(delayMs: number, callback: () => void): () => void {
    this.#activity += 1;
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => {
      this.#activity += 1;
      this.#timers.delete(timer);
    };
  }

  /** Waits in this time. Rejects with the reason of the signal. */
  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const over = Promise.withResolvers<void>();
    const stop = this.after(delayMs, over.resolve);
    const abort = (): void => over.reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    try {
      await over.promise;
    } finally {
      stop();
      signal.removeEventListener("abort", abort);
    }
  }

  /** Goes to the next moment at which something happens; false when there is none. */
  advance(): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.atMs < next.atMs) next = timer;
    if (!next) return false;
    this.#timers.delete(next);
    this.#nowMs = next.atMs;
    next.callback();
    return true;
  }

  /**
   * Lets time pass while work waits for it, until the work ends.
   *
   * @param settle what has to be done before any time passes
   */
  async during<T>(work: Promise<T>, settle: () => Promise<void>): Promise<T> {
    const over = new AbortController();
    const ended = work.finally(() => over.abort());
    // Who awaits the work is told of its failure; this is only to know that it is over.
    ended.catch(() => undefined);
    while (!over.signal.aborted) {
      await this.#quiet();
      await settle();
      await this.#quiet();
      if (!over.signal.aborted) this.advance();
    }
    return await ended;
  }

  /** Resolves when nobody did anything for two turns of the main loop. */
  async #quiet(): Promise<void> {
    let seen: number;
    do {
      seen = this.#activity;
      await nextTurn();
      await nextTurn();
    } while (seen !== this.#activity);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
