import { formatDuration } from "../../../system/duration.ts";
import { type WorkflowFailure, standardFailure } from "../workflow-failure.ts";
import type { CallLimits } from "./call-limits.ts";

/** How long a call waits: until its signal aborts, for a time in all, and for a time of silence. */
export class Patience implements Disposable {
  readonly #own = new AbortController();
  readonly #limits: CallLimits;
  readonly #total: Timer;
  #silence: Timer;

  /** Aborts when there is no reason left to wait. */
  readonly signal: AbortSignal;

  /** @param what whom it waits for, as the subject of a sentence */
  constructor(what: string, limits: CallLimits, signal: AbortSignal) {
    this.#limits = limits;
    this.signal = AbortSignal.any([signal, this.#own.signal]);
    this.#total = setTimeout(() => {
      this.#end(
        `${what} took longer than ${formatDuration(limits.timeoutMs)} (setting calls.timeout)`,
      );
    }, limits.timeoutMs);
    this.#onSilence = () => {
      this.#end(
        `${what} sent nothing for ${formatDuration(limits.idleMs)} (setting calls.idleTimeout)`,
      );
    };
    this.#silence = setTimeout(this.#onSilence, limits.idleMs);
  }

  readonly #onSilence: () => void;

  /** Something came. */
  heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(this.#onSilence, this.#limits.idleMs);
  }

  /** Why it gave up by itself. */
  get failure(): WorkflowFailure | undefined {
    return this.#own.signal.aborted ? (this.#own.signal.reason as WorkflowFailure) : undefined;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#total);
    clearTimeout(this.#silence);
  }

  #end(detail: string): void {
    this.#own.abort(standardFailure("timeout", detail));
  }
}
