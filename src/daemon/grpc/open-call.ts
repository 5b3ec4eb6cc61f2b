import type { EventEmitter } from "node:events";
import { StigmerError } from "../../contract/errors.ts";

/** The part of a grpc-js call that says when it is over. */
export interface EndingCall extends EventEmitter {
  readonly cancelled: boolean;
  getDeadline(): Date | number;
}

export interface OpenCallOptions {
  readonly call: EndingCall;
  /** For a call whose client set no deadline; undefined lets it run. */
  readonly defaultTimeoutMs: number | undefined;
}

/** A call that is being answered, and all that can end it early. Dispose of it once it is answered. */
export class OpenCall implements Disposable {
  readonly deadline: Date | undefined;
  readonly #handlerSignal = new AbortController();
  readonly #writerSignal = new AbortController();
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  #isAnswered = false;

  constructor({ call, defaultTimeoutMs }: OpenCallOptions) {
    this.deadline = deadlineOf(call, defaultTimeoutMs);
    // The event comes after every call, so it means a departure only while nothing is answered.
    call.on("cancelled", () => this.#leave());
    if (call.cancelled) this.#leave();
    if (this.deadline && call.getDeadline() === Infinity) {
      const remainingMs = this.deadline.getTime() - Date.now();
      this.#timers.push(setTimeout(() => this.end(deadlineExceeded()), remainingMs));
    }
  }

  /** Tells the handler to stop. */
  get signal(): AbortSignal {
    return this.#handlerSignal.signal;
  }

  /** Cuts off what the handler still says; follows {@link signal} at once or after a last word. */
  get cutOff(): AbortSignal {
    return this.#writerSignal.signal;
  }

  /** Ends the call with this error, after at most `lastWordMs` for what its handler still says. */
  end(reason: StigmerError, lastWordMs = 0): void {
    this.#handlerSignal.abort(reason);
    if (lastWordMs === 0) this.#writerSignal.abort(reason);
    else this.#timers.push(setTimeout(() => this.#writerSignal.abort(reason), lastWordMs));
  }

  [Symbol.dispose](): void {
    this.#isAnswered = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #leave(): void {
    if (this.#isAnswered) return;
    const isLate = this.deadline !== undefined && this.deadline.getTime() <= Date.now();
    // Nobody waits for the last word of a call that was ending already, either.
    this.end(isLate ? deadlineExceeded() : cancelled());
  }
}

function deadlineOf(call: EndingCall, defaultTimeoutMs: number | undefined): Date | undefined {
  const given = call.getDeadline();
  if (given !== Infinity) return new Date(given);
  return defaultTimeoutMs === undefined ? undefined : new Date(Date.now() + defaultTimeoutMs);
}

function deadlineExceeded(): StigmerError {
  return new StigmerError("deadline-exceeded", "the call took longer than its deadline allows");
}

function cancelled(): StigmerError {
  return new StigmerError("cancelled", "the client cancelled the call");
}
