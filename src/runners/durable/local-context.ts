import type { Json } from "../../contract/json.ts";
import {
  type AllOptions,
  type DurableContext,
  type Effect,
  type EffectScope,
  ExecutionFailure,
  type ExecutionError,
  type Settled,
  type StepOptions,
  toExecutionError,
} from "./durable-context.ts";
import type { JournalRow } from "./journal-row.ts";
import { type JournalSink, JournalWriter } from "./journal-writer.ts";
import { RecordedOperations } from "./recorded-operations.ts";
import { cancelledFailure, failureOf, settledOf, unknownOutcome } from "./recorded-outcome.ts";
import { Drained, LeaseLost, Suspended, type Suspension } from "./release.ts";
import { isAborted, runLimited } from "./run-limited.ts";

/** Waits shorter than this keep the runner; longer ones suspend the execution. */
const suspendAfterMs = 1_000;

export interface PendingSignal {
  readonly id: string;
  readonly topic: string;
  readonly payload: Json;
}

export interface LocalContextOptions<Update> {
  readonly executionId: string;
  readonly recorded: readonly JournalRow[];
  readonly signals: readonly PendingSignal[];
  readonly sink: JournalSink<Update>;
  /** Tells updates of the same thing apart: `message`, `tool-call`. */
  readonly updateName: (update: Update) => string;
  readonly clock: () => number;
}

/** The durable context over the daemon's journal. See `durable-context.ts` for what it promises. */
export class LocalContext<Update> implements DurableContext<Update> {
  readonly executionId: string;
  readonly #recorded: RecordedOperations;
  readonly #writer: JournalWriter<Update>;
  readonly #signals: PendingSignal[];
  readonly #clock: () => number;
  readonly #updateName: (update: Update) => string;
  readonly #occurrences = new Map<string, number>();
  readonly #abort = new AbortController();
  #cancelReason: string | undefined;
  #draining = false;

  constructor(options: LocalContextOptions<Update>) {
    this.executionId = options.executionId;
    this.#recorded = new RecordedOperations(options.recorded);
    this.#writer = new JournalWriter(options.sink, (thrown) => this.loseLease(String(thrown)));
    this.#signals = [...options.signals];
    this.#clock = options.clock;
    this.#updateName = options.updateName;
  }

  /** Makes the next operation throw and aborts the running effects. */
  cancel(reason: string): void {
    if (this.#cancelReason !== undefined) return;
    this.#cancelReason = reason;
    this.#abort.abort(cancelledFailure(reason));
  }

  /** Aborts everything; nothing more is written. */
  loseLease(reason: string): void {
    this.#abort.abort(new LeaseLost(reason));
  }

  /** Starts no further operation; what runs may end. */
  drain(): void {
    this.#draining = true;
  }

  /** Writes what is left without giving the lease back. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Writes the last batch; the lease ends with it. */
  end(): Promise<void> {
    return this.#writer.flush({ kind: "end" });
  }

  suspend(suspension: Suspension): Promise<void> {
    return this.#writer.flush({ kind: "suspend", ...suspension });
  }

  async step<T>(
    name: string,
    effect: (scope: EffectScope) => Promise<T>,
    options: StepOptions,
  ): Promise<T> {
    const key = this.#enter(name);
    const settled = await this.#run<T>(
      key,
      { run: effect, onUnknown: options.onUnknown },
      options.timeoutMs,
    );
    if (settled.kind === "failed") throw new ExecutionFailure(settled.error);
    return settled.value;
  }

  async all<T>(
    name: string,
    effects: readonly Effect<T>[],
    options: AllOptions,
  ): Promise<Settled<T>[]> {
    // Nothing would be recorded, and a resume would miss it in the order.
    if (effects.length === 0) return [];
    const key = this.#enter(name);
    const results: Settled<T>[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < effects.length; index = next++) {
        const effect = effects[index];
        if (effect)
          results[index] = await this.#runOne(`${key}[${index}]`, effect, options.timeoutMs);
      }
    };
    const workers = Array.from({ length: Math.min(options.concurrency, effects.length) }, worker);
    // All of them settle before the first failure is thrown: none may write after the code went on.
    const ended = await Promise.allSettled(workers);
    const rejected = ended.find((outcome) => outcome.status === "rejected");
    if (rejected) throw rejected.reason;
    return results;
  }

  async sleepUntil(name: string, epochMs: number): Promise<void> {
    const key = this.#enter(name);
    if (this.#answered(key)) return;
    if (epochMs - this.#clock() > suspendAfterMs) throw new Suspended({ wakeAtMs: epochMs });
    await this.#pause(key, epochMs);
    this.#add({ type: "done", key, atMs: this.#clock(), value: null });
  }

  async event(name: string, topic: string, deadlineMs: number): Promise<Json | undefined> {
    const key = this.#enter(name);
    const answered = this.#answered(key);
    if (answered) return answered.value as Json | undefined;
    const index = this.#signals.findIndex((signal) => signal.topic === topic);
    const signal = this.#signals[index];
    if (signal) {
      this.#signals.splice(index, 1);
      this.#writer.consume(signal.id);
    } else if (this.#clock() < deadlineMs) {
      throw new Suspended({ topic, wakeAtMs: deadlineMs });
    }
    this.#add({ type: "done", key, atMs: this.#clock(), value: signal?.payload });
    return signal?.payload;
  }

  report(update: Update): void {
    const key = this.#nextKey(this.#updateName(update));
    if (this.#recorded.hasEvent(key) || this.#leaseIsLost()) return;
    this.#writer.addUpdate({ type: "event", key, atMs: this.#clock() }, update);
  }

  /** Like `report`, for what belongs to this lease and not to the replayed code. */
  reportOnce(key: string, update: Update): void {
    this.#writer.addUpdate({ type: "event", key, atMs: this.#clock() }, update);
  }

  now(): number {
    const key = this.#nextKey("now");
    const recorded = this.#recorded.clock(key);
    if (recorded !== undefined) return recorded;
    const atMs = this.#clock();
    this.#add({ type: "clock", key, atMs });
    return atMs;
  }

  uuid(name: string): string {
    const hash = new Bun.CryptoHasher("sha256")
      .update(`${this.executionId}/${this.#nextKey(name)}`)
      .digest("hex");
    return [
      hash.slice(0, 8),
      hash.slice(8, 12),
      `8${hash.slice(13, 16)}`,
      `8${hash.slice(17, 20)}`,
      hash.slice(20, 32),
    ].join("-");
  }

  #enter(name: string): string {
    const key = this.#nextKey(name);
    this.#recorded.enter(key);
    return key;
  }

  #nextKey(name: string): string {
    const occurrence = (this.#occurrences.get(name) ?? 0) + 1;
    this.#occurrences.set(name, occurrence);
    return `${name}#${occurrence}`;
  }

  /** One of several: a cancel is its result, so that the others keep theirs. */
  async #runOne<T>(key: string, effect: Effect<T>, timeoutMs: number): Promise<Settled<T>> {
    try {
      return await this.#run(key, effect, timeoutMs);
    } catch (thrown) {
      if (thrown instanceof ExecutionFailure)
        return { kind: "failed", error: toExecutionError(thrown) };
      throw thrown;
    }
  }

  async #run<T>(key: string, effect: Effect<T>, timeoutMs: number): Promise<Settled<T>> {
    const outcome = this.#recorded.outcome(key);
    if (outcome.kind === "ended") return settledOf<T>(outcome.row);
    // Before a cancel: that it may have happened is what the conversation must keep.
    if (outcome.kind === "unknown" && effect.onUnknown === "fail")
      return this.#settle(key, unknownOutcome());
    this.#throwIfStopped(key);
    const attempt = outcome.kind === "unknown" ? outcome.attempts + 1 : 1;
    this.#add({ type: "started", key, atMs: this.#clock() });
    await this.#writer.flush();
    // Its start is recorded: a drain lets it run, or its outcome would be unknown for nothing.
    this.#throwIfCancelled(key);
    return await this.#perform(key, effect, attempt, timeoutMs);
  }

  async #perform<T>(
    key: string,
    effect: Effect<T>,
    attempt: number,
    timeoutMs: number,
  ): Promise<Settled<T>> {
    const limits = { timeoutMs, abort: this.#abort.signal };
    const settled = await runLimited(effect, { key, attempt }, limits);
    if (settled === "aborted") {
      this.#throwIfCancelled(key);
      throw this.#abort.signal.reason;
    }
    if (settled.kind === "failed") return this.#settle(key, settled.error);
    this.#add({ type: "done", key, atMs: this.#clock(), value: settled.value });
    return settled;
  }

  #settle(
    key: string,
    error: ExecutionError,
  ): { readonly kind: "failed"; readonly error: ExecutionError } {
    this.#add({ type: "failed", key, atMs: this.#clock(), error });
    return { kind: "failed", error };
  }

  /** For waits: the end that the record has; otherwise the start is recorded. */
  #answered(key: string): Extract<JournalRow, { type: "done" }> | undefined {
    const outcome = this.#recorded.outcome(key);
    if (outcome.kind === "ended") {
      if (outcome.row.type === "done") return outcome.row;
      throw failureOf(outcome.row);
    }
    this.#throwIfStopped(key);
    if (outcome.kind === "new") this.#add({ type: "started", key, atMs: this.#clock() });
    return undefined;
  }

  async #pause(key: string, epochMs: number): Promise<void> {
    const timer = Promise.withResolvers<void>();
    const handle = setTimeout(timer.resolve, Math.max(0, epochMs - this.#clock()));
    try {
      if (await isAborted(timer.promise, this.#abort.signal)) this.#throwIfStopped(key);
    } finally {
      clearTimeout(handle);
    }
  }

  #throwIfStopped(key: string): void {
    if (this.#draining) throw new Drained();
    this.#throwIfCancelled(key);
  }

  #throwIfCancelled(key: string): void {
    if (this.#leaseIsLost()) throw this.#abort.signal.reason;
    if (this.#cancelReason === undefined) return;
    this.#add({ type: "cancelled", key, atMs: this.#clock(), reason: this.#cancelReason });
    throw cancelledFailure(this.#cancelReason);
  }

  #leaseIsLost(): boolean {
    return this.#abort.signal.reason instanceof LeaseLost;
  }

  #add(row: JournalRow): void {
    if (this.#leaseIsLost()) throw this.#abort.signal.reason;
    this.#writer.add(row);
  }
}
