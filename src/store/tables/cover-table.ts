import type { TableFormat } from "../table-format.ts";

/** A journal entry whose outcome stands for all the entries from `fromSeq` up to its own. */
export interface CoverRow {
  readonly executionId: string;
  readonly seq: number;
  readonly fromSeq: number;
}

export const coverTable: TableFormat<CoverRow> = {
  table: "journal_cover",
  primaryKey: ["execution_id", "seq"],
  columns: { executionId: "execution_id", seq: "seq", fromSeq: "from_seq" },
  identity: (cover) => `execution ${cover.executionId}, seq ${cover.seq}`,
};
