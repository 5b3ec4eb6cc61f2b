import type { TableFormat } from "../table-format.ts";

/** One entry of an execution's journal; `seq` counts from 1 without gaps. */
export interface JournalEntry {
  readonly executionId: string;
  readonly seq: number;
  readonly type: number;
  readonly key: string;
  readonly at: number;
  readonly payload: Uint8Array;
}

export const journalTable: TableFormat<JournalEntry> = {
  table: "journal",
  primaryKey: ["execution_id", "seq"],
  blob: "payload",
  columns: {
    executionId: "execution_id",
    seq: "seq",
    type: "type",
    key: "key",
    at: "at",
    payload: "payload",
  },
  identity: (entry) => `execution ${entry.executionId}, seq ${entry.seq}`,
};
