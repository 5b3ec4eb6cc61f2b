import type { JournalRow } from "../journal-row.ts";
import type { JournalBatch, JournalSink } from "../journal-writer.ts";
import { LeaseLost } from "../release.ts";

/** A journal in memory. Like the real one it keeps JSON, and refuses who lost the lease. */
export class MemoryJournal<Update> implements JournalSink<Update> {
  readonly batches: JournalBatch<Update>[] = [];
  readonly rows: JournalRow[] = [];
  #left: number;

  /** @param appends how many it takes before the lease is lost */
  constructor(appends = Infinity) {
    this.#left = appends;
  }

  append(batch: JournalBatch<Update>): Promise<void> {
    if (this.#left === 0) return Promise.reject(new LeaseLost("taken away by the test"));
    this.#left -= 1;
    this.batches.push(batch);
    this.rows.push(...(JSON.parse(JSON.stringify(batch.rows)) as JournalRow[]));
    return Promise.resolve();
  }

  /** The same journal for the next runner, which may append this often. */
  reopened(appends = Infinity): MemoryJournal<Update> {
    const next = new MemoryJournal<Update>(appends);
    next.rows.push(...this.rows);
    return next;
  }

  keysOf(type: JournalRow["type"]): string[] {
    return this.rows.filter((row) => row.type === type).map(({ key }) => key);
  }
}
