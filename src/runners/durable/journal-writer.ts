import type { JournalRow } from "./journal-row.ts";
import type { Suspension } from "./release.ts";

/** One transaction of the journal. */
export interface JournalBatch<Update> {
  readonly rows: readonly JournalRow[];
  /** By the key of their event row. */
  readonly updates: ReadonlyMap<string, Update>;
  readonly consumedSignals: readonly string[];
  readonly release?: { readonly kind: "end" } | ({ readonly kind: "suspend" } & Suspension);
}

/** Where batches go. Rejects with `LeaseLost` when the lease is gone; anything else it retries itself. */
export interface JournalSink<Update> {
  append(batch: JournalBatch<Update>): Promise<void>;
}

/** Long enough for the code above to reach its next operation, so that both share one append. */
const lingerMs = 1;

/**
 * Collects rows and writes them in order, one batch at a time. The end of one operation waits a
 * moment for the start of the next, so a chain of n steps costs about n commits.
 */
export class JournalWriter<Update> {
  readonly #sink: JournalSink<Update>;
  #rows: JournalRow[] = [];
  #updates = new Map<string, Update>();
  #consumed: string[] = [];
  #tail: Promise<void> = Promise.resolve();
  #linger: ReturnType<typeof setTimeout> | undefined;
  readonly #onFailure: (thrown: unknown) => void;

  #lastSequence: number;

  /** @param lastSequence where the journal ends: rows follow it without a gap */
  constructor(
    sink: JournalSink<Update>,
    lastSequence: number,
    onFailure: (thrown: unknown) => void,
  ) {
    this.#sink = sink;
    this.#lastSequence = lastSequence;
    this.#onFailure = onFailure;
  }

  /** Returns the sequence that the row gets. */
  add(row: JournalRow): number {
    this.#rows.push(row);
    this.#linger ??= setTimeout(() => {
      this.flush().catch(this.#onFailure);
    }, lingerMs);
    this.#lastSequence += 1;
    return this.#lastSequence;
  }

  addUpdate(row: Extract<JournalRow, { type: "event" }>, update: Update): void {
    this.#updates.set(row.key, update);
    this.add(row);
  }

  consume(signalId: string): void {
    this.#consumed.push(signalId);
  }

  /** Resolves when everything added so far is stored. */
  flush(release?: JournalBatch<Update>["release"]): Promise<void> {
    clearTimeout(this.#linger);
    this.#linger = undefined;
    this.#tail = this.#tail.then(() => this.#write(release));
    return this.#tail;
  }

  async #write(release: JournalBatch<Update>["release"]): Promise<void> {
    if (this.#rows.length === 0 && release === undefined) return;
    const batch = {
      rows: this.#rows,
      updates: this.#updates,
      consumedSignals: this.#consumed,
      ...(release === undefined ? {} : { release }),
    };
    this.#rows = [];
    this.#updates = new Map();
    this.#consumed = [];
    await this.#sink.append(batch);
  }
}
