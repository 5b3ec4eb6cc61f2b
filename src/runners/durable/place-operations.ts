import type { Cancellation } from "./cancellation.ts";
import {
  type Effect,
  ExecutionFailure,
  type ExecutionError,
  type Settled,
  toExecutionError,
} from "./durable-context.ts";
import type { JournalRow } from "./journal-row.ts";
import type { LocalRun } from "./local-run.ts";
import { cancelledFailure, failureOf, settledOf, unknownOutcome } from "./recorded-outcome.ts";
import { BranchCancelled, Drained } from "./release.ts";
import { isAborted, runLimited } from "./run-limited.ts";

/** Waits shorter than this keep the runner; longer ones suspend the execution. */
const suspendAfterMs = 1_000;

/** Where a context stands. */
export interface ContextPlace {
  readonly path: string;
  readonly cancellation: Cancellation;
  /** Below a fork rows of several branches mix, so that no outcome covers a range of them. */
  readonly isForked: boolean;
}

/** An operation that was found ended, or whose start is recorded at a sequence. */
export interface Begun {
  readonly isEnded: boolean;
  readonly value: unknown;
  readonly sequence: number | undefined;
}

/**
 * How a cancel meets an operation that begins. `below`: what holds others and has started is entered
 * all the same, so that those in it that began can put things in order.
 */
type CancelNotice = "noticed" | "below" | "masked";

/** How operations at one place begin, run and end: by the record where there is one. */
export class PlaceOperations<Update> {
  readonly #run: LocalRun<Update>;
  readonly #place: ContextPlace;

  constructor(run: LocalRun<Update>, place: ContextPlace) {
    this.#run = run;
    this.#place = place;
  }

  /** The end that the record has; otherwise its start is recorded, once. */
  begin(key: string, cancel: CancelNotice = "noticed"): Begun {
    const outcome = this.#run.recorded.outcome(key);
    if (outcome.kind === "ended") {
      if (outcome.row.type !== "done") throw failureOf(outcome.row);
      return { isEnded: true, value: outcome.row.value, sequence: undefined };
    }
    const isNoticed = cancel === "noticed" || (cancel === "below" && outcome.kind === "new");
    if (isNoticed) this.throwIfStopped(key);
    const sequence =
      outcome.kind === "new"
        ? this.add({ type: "started", key, atMs: this.#run.clock() })
        : this.#run.recorded.firstSequence(key);
    return { isEnded: false, value: undefined, sequence };
  }

  /** Runs what stands below a key and records how it ended, in place of all that is recorded of it. */
  async finish<T>(key: string, first: number | undefined, run: () => Promise<T>): Promise<T> {
    const covered = first === undefined || this.#place.isForked ? {} : { coversFrom: first };
    try {
      const value = await run();
      this.add({ type: "done", key, atMs: this.#run.clock(), value, ...covered });
      return value;
    } catch (thrown) {
      if (!(thrown instanceof ExecutionFailure) || this.#isCancelled()) throw thrown;
      const error = toExecutionError(thrown);
      this.add({ type: "failed", key, atMs: this.#run.clock(), error, ...covered });
      throw thrown;
    }
  }

  /** One of several: a cancel is its result, so that the others keep theirs. */
  async performOne<T>(key: string, effect: Effect<T>, timeoutMs: number): Promise<Settled<T>> {
    try {
      return await this.perform(key, effect, timeoutMs);
    } catch (thrown) {
      if (thrown instanceof ExecutionFailure)
        return { kind: "failed", error: toExecutionError(thrown) };
      throw thrown;
    }
  }

  async perform<T>(key: string, effect: Effect<T>, timeoutMs: number): Promise<Settled<T>> {
    const outcome = this.#run.recorded.outcome(key);
    if (outcome.kind === "ended") return settledOf<T>(outcome.row);
    // Before a cancel: that it may have happened is what the conversation must keep.
    if (outcome.kind === "unknown" && effect.onUnknown === "fail")
      return this.#settle(key, unknownOutcome());
    this.throwIfStopped(key);
    const attempt = outcome.kind === "unknown" ? outcome.attempts + 1 : 1;
    this.add({ type: "started", key, atMs: this.#run.clock() });
    await this.#run.flush();
    // Its start is recorded: a drain lets it run, or its outcome would be unknown for nothing.
    this.#throwIfCancelled(key);
    const limits = { timeoutMs, abort: this.#abort(), timers: this.#run.timers };
    const settled = await runLimited(effect, { key, attempt }, limits);
    if (settled === "aborted") {
      this.#throwIfCancelled(key);
      throw this.#run.lost ?? new Error(`${key} was aborted for no reason`);
    }
    if (settled.kind === "failed") return this.#settle(key, settled.error);
    this.add({ type: "done", key, atMs: this.#run.clock(), value: settled.value });
    return settled;
  }

  #settle(
    key: string,
    error: ExecutionError,
  ): { readonly kind: "failed"; readonly error: ExecutionError } {
    this.add({ type: "failed", key, atMs: this.#run.clock(), error });
    return { kind: "failed", error };
  }

  async untilTime(key: string, epochMs: number): Promise<void> {
    const { clock, strands, timers } = this.#run;
    while (epochMs - clock() > suspendAfterMs) {
      await strands.park({ wakeAtMs: epochMs }, clock);
      this.throwIfStopped(key);
    }
    const timer = Promise.withResolvers<void>();
    const stop = timers.after(epochMs - clock(), timer.resolve);
    try {
      if (await isAborted(timer.promise, this.#abort())) this.throwIfStopped(key);
    } finally {
      stop();
    }
  }

  /** What ends an effect that runs. */
  #abort(): AbortSignal {
    return AbortSignal.any([this.#run.lostSignal, ...this.#place.cancellation.signals]);
  }

  throwIfStopped(key: string): void {
    if (this.#run.isDraining) throw new Drained();
    this.#throwIfCancelled(key);
  }

  #throwIfCancelled(key: string): void {
    if (this.#run.lost) throw this.#run.lost;
    const { reason, isPartial } = this.#place.cancellation;
    if (reason === undefined) return;
    // A branch that lost leaves no trace: who won is recorded.
    if (isPartial) throw new BranchCancelled(reason);
    this.add({ type: "cancelled", key, atMs: this.#run.clock(), reason });
    throw cancelledFailure(reason);
  }

  #isCancelled(): boolean {
    return this.#place.cancellation.reason !== undefined;
  }

  add(row: JournalRow): number {
    return this.#run.add(row);
  }
}
