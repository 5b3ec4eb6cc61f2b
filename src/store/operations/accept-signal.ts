import { insertRow } from "../table-format.ts";
import { nextValue } from "../tables/counter-table.ts";
import type { ExecutionRow } from "../tables/execution-table.ts";
import { type SignalRow, signalTable } from "../tables/signal-table.ts";
import type { Transaction } from "../transaction.ts";
import { isAwaited } from "../wait-topic.ts";
import { putExecution, woken } from "./stored-execution.ts";

/** Keeps a signal for an execution that has not ended, wakes who waits for it, and returns its id. */
export function acceptSignal(
  tx: Transaction,
  execution: ExecutionRow,
  signal: Omit<SignalRow, "id" | "executionId" | "consumed">,
): number {
  const id = nextValue(tx.db, "signal");
  insertRow(tx.db, signalTable, { ...signal, executionId: execution.id, id, consumed: 0 });
  putExecution(tx, isAwaited(execution.waitTopic, signal.topic) ? woken(execution) : execution);
  tx.changed({ kind: execution.kind, id: execution.id, effect: "signalled" });
  return id;
}
