import type { Transaction } from "../transaction.ts";
import { type ArtifactOperations, artifactOperations } from "./artifact-operations.ts";
import { type EventOperations, eventOperations } from "./event-operations.ts";
import { type ExecutionOperations, executionOperations } from "./execution-operations.ts";
import { type HistoryOperations, historyOperations } from "./history-operations.ts";
import { type JournalOperations, journalOperations } from "./journal-operations.ts";
import { type LeaseOperations, leaseOperations } from "./lease-operations.ts";
import type { OperationTable } from "./operation-table.ts";
import { type RestoreOperations, restoreOperations } from "./restore-operations.ts";
import { type ResourceOperations, resourceOperations } from "./resource-operations.ts";
import { type ScheduleOperations, scheduleOperations } from "./schedule-operations.ts";

/** Every write that the store knows: name → input and output. */
export interface Operations
  extends
    ResourceOperations,
    ExecutionOperations,
    LeaseOperations,
    JournalOperations,
    ArtifactOperations,
    EventOperations,
    HistoryOperations,
    RestoreOperations,
    ScheduleOperations {}

export type OperationName = keyof Operations;

const operations: OperationTable<Operations> = {
  ...resourceOperations,
  ...executionOperations,
  ...leaseOperations,
  ...journalOperations,
  ...artifactOperations,
  ...eventOperations,
  ...historyOperations,
  ...restoreOperations,
  ...scheduleOperations,
};

/** One write as data: the pairing of name and input is kept by `Store.write`. */
export interface Write {
  readonly operation: OperationName;
  readonly input: unknown;
}

/** Runs one write inside an open transaction and returns its output. */
export function runOperation(tx: Transaction, write: Write): unknown {
  const operation = operations[write.operation] as (tx: Transaction, input: unknown) => unknown;
  return operation(tx, write.input);
}
