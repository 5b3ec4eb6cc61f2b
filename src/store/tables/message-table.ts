import type { TableFormat } from "../table-format.ts";

/** One message of an execution's conversation; writing the same sequence again replaces it. */
export interface MessageRow {
  readonly executionId: string;
  readonly sequence: number;
  readonly body: Uint8Array;
}

export const messageTable: TableFormat<MessageRow> = {
  table: "message",
  primaryKey: ["execution_id", "sequence"],
  blob: "body",
  columns: { executionId: "execution_id", sequence: "sequence", body: "body" },
  identity: (message) => `execution ${message.executionId}, sequence ${message.sequence}`,
};
