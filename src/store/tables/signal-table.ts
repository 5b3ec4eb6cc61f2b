import type { TableFormat } from "../table-format.ts";

/** An event sent to an execution. Kept after it is consumed, so that its de-duplication key still counts. */
export interface SignalRow {
  /** Grows in order of arrival. */
  readonly id: number;
  readonly executionId: string;
  readonly topic: string;
  readonly dedupKey: string | null;
  readonly at: number;
  /** 0 until consumed, then 1. */
  readonly consumed: number;
  readonly payload: Uint8Array;
}

export const signalTable: TableFormat<SignalRow> = {
  table: "signal",
  primaryKey: ["id"],
  blob: "payload",
  columns: {
    id: "id",
    executionId: "execution_id",
    topic: "topic",
    dedupKey: "dedup_key",
    at: "at",
    consumed: "consumed",
    payload: "payload",
  },
  identity: (signal) => `execution ${signal.executionId}, id ${signal.id}`,
};
