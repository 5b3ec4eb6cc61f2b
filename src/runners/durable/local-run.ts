import type { Json } from "../../contract/json.ts";
import { Cancellation } from "./cancellation.ts";
import type { PublishedEvent } from "./durable-context.ts";
import type { JournalRow, StoredRow } from "./journal-row.ts";
import { type JournalSink, JournalWriter } from "./journal-writer.ts";
import { RecordedOperations } from "./recorded-operations.ts";
import { LeaseLost, type Suspension } from "./release.ts";
import { Strands } from "./strands.ts";
import { machineTimers, type Timers } from "./timers.ts";

export interface PendingSignal {
  readonly id: string;
  readonly topic: string;
  readonly payload: Json;
}

export interface EventSource {
  /** Events of these types behind a place in the log, oldest first; none when there are none yet. */
  read(types: readonly string[], after: number): Promise<readonly PublishedEvent[]>;
}

const nothingPublished: EventSource = { read: () => Promise.resolve([]) };

export interface LocalRunOptions<Update> {
  readonly executionId: string;
  readonly recorded: readonly StoredRow[];
  /** Where the journal ends. */
  readonly lastSequence: number;
  readonly signals: readonly PendingSignal[];
  readonly sink: JournalSink<Update>;
  /** The log of published events. Absent: nothing is ever published. */
  readonly events?: EventSource;
  /** Tells updates of the same thing apart: `message`, `tool-call`. */
  readonly updateName: (update: Update) => string;
  readonly clock: () => number;
  /** Absent: those of the machine. */
  readonly timers?: Timers;
}

/** One lease of an execution: what is recorded, what is written, and what ends it. Its contexts share it. */
export class LocalRun<Update> {
  readonly executionId: string;
  readonly recorded: RecordedOperations;
  readonly strands: Strands;
  readonly cancellation = new Cancellation();
  readonly clock: () => number;
  readonly timers: Timers;
  readonly updateName: (update: Update) => string;
  readonly events: EventSource;
  readonly #writer: JournalWriter<Update>;
  readonly #signals: PendingSignal[];
  /** Ids of all that came under this lease. */
  readonly #known: Set<string>;
  readonly #lost = new AbortController();
  #draining = false;

  constructor(options: LocalRunOptions<Update>) {
    this.executionId = options.executionId;
    this.recorded = new RecordedOperations(options.recorded);
    this.#writer = new JournalWriter(options.sink, options.lastSequence, (thrown) =>
      this.loseLease(String(thrown)),
    );
    this.#signals = [...options.signals];
    this.#known = new Set(options.signals.map(({ id }) => id));
    this.clock = options.clock;
    this.timers = options.timers ?? machineTimers;
    this.strands = new Strands(this.timers);
    this.updateName = options.updateName;
    this.events = options.events ?? nothingPublished;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  /** Why nothing more may be written; `undefined` while the lease is held. */
  get lost(): LeaseLost | undefined {
    return this.#lost.signal.reason as LeaseLost | undefined;
  }

  get lostSignal(): AbortSignal {
    return this.#lost.signal;
  }

  cancel(reason: string): void {
    this.cancellation.cancel(reason);
    this.strands.wakeAll();
  }

  loseLease(reason: string): void {
    this.#lost.abort(new LeaseLost(reason));
    this.strands.wakeAll();
  }

  drain(): void {
    this.#draining = true;
    this.strands.wakeAll();
  }

  /** A signal that came while the execution is held. */
  deliver(signal: PendingSignal): void {
    // It may come again until it is consumed in the journal, also when it was taken here.
    if (this.#known.has(signal.id)) return;
    this.#known.add(signal.id);
    this.#signals.push(signal);
    this.strands.wake(signal.topic);
  }

  /** The oldest signal of a topic, which is consumed with the next append. */
  takeSignal(topic: string): PendingSignal | undefined {
    const index = this.#signals.findIndex((signal) => signal.topic === topic);
    const signal = this.#signals[index];
    if (signal === undefined) return undefined;
    this.#signals.splice(index, 1);
    this.#writer.consume(signal.id);
    return signal;
  }

  /** Returns its sequence. @throws LeaseLost */
  add(row: JournalRow): number {
    if (this.lost) throw this.lost;
    return this.#writer.add(row);
  }

  addUpdate(key: string, update: Update): void {
    if (this.lost) return;
    this.#writer.addUpdate({ type: "event", key, atMs: this.clock() }, update);
  }

  /** Resolves when everything added so far is stored. */
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
}
