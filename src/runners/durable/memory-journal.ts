import type { JournalRow, StoredRow } from "./journal-row.ts";
import type { JournalBatch, JournalSink } from "./journal-writer.ts";
import { LeaseLost } from "./release.ts";

/** A journal in memory. Like the real one it keeps JSON, and refuses who lost the lease. */
export class MemoryJournal<Update> implements JournalSink<Update> {
  readonly batches: JournalBatch<Update>[] = [];
  readonly rows: StoredRow[] = [];
  #left: number;

  /** @param appends how many it takes before the lease is lost */
  constructor(appends = Infinity) {
    this.#left = appends;
  }

  append(batch: JournalBatch<Update>): Promise<void> {
    if (this.#left === 0) return Promise.reject(new LeaseLost("taken away"));
    this.#left -= 1;
    this.batches.push(batch);
    for (const row of JSON.parse(JSON.stringify(batch.rows)) as JournalRow[]) {
      this.rows.push({ ...row, sequence: this.rows.length + 1 });
    }
    return Promise.resolve();
  }

  /** The same journal for the next runner, which may append this often. */
  reopened(appends = Infinity): MemoryJournal<Update> {
    const next = new MemoryJournal<Update>(appends);
    next.rows.push(...this.rows);
    return next;
  }

  /** What a resume reads: from the end, without what an outcome covers. */
  get live(): StoredRow[] {
    const live: StoredRow[] = [];
    for (let at = this.rows.length; at > 0;) {
      const row = this.rows[at - 1];
      if (!row) break;
      live.push(row);
      const coversFrom = "coversFrom" in row ? row.coversFrom : undefined;
      at = (coversFrom ?? at) - 1;
    }
    return live.toReversed();
  }

  keysOf(type: JournalRow["type"]): string[] {
    return this.rows.filter((row) => row.type === type).map(({ key }) => key);
  }
}
