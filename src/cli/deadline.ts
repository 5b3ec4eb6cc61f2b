import { StigmerError } from "../contract/errors.ts";
import { formatDuration, longestTimerMs } from "../system/duration.ts";

/** Time of a command that says nothing else. */
export const defaultDeadlineMs = 60_000;

/** How long a command may clean up after its deadline before it is left behind. */
const graceMs = 1_500;

/** How long a command that keeps its time itself may take to notice that it is over. */
const noticeMs = 250;

/** The time a command has. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #unnoticed = new AbortController();
  readonly #overrun = Promise.withResolvers<StigmerError>();
  readonly #timers: NodeJS.Timeout[] = [];

  /** Without a time, it never comes. */
  constructor(afterMs: number | undefined) {
    if (afterMs === undefined || afterMs > longestTimerMs - graceMs) return;
    const error = deadlinePassed(afterMs);
    this.#timers.push(
      setTimeout(() => this.#controller.abort(error), afterMs),
      setTimeout(() => this.#unnoticed.abort(error), afterMs + noticeMs),
      setTimeout(() => this.#overrun.resolve(error), afterMs + graceMs),
    );
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * For a command that keeps its time itself: aborted when it has not noticed that it is over,
   * because it still waits for the daemon or for stdin.
   */
  get unnoticed(): AbortSignal {
    return this.#unnoticed.signal;
  }

  /** Resolves when a command has not ended although its time was over: something hangs. */
  get overrun(): Promise<StigmerError> {
    return this.#overrun.promise;
  }
}

function deadlinePassed(afterMs: number): StigmerError {
  return new StigmerError("deadline-exceeded", `Not done within ${formatDuration(afterMs)}.`, {
    hint: "--timeout gives it more time",
  });
}
