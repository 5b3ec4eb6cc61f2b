import { StigmerError } from "../../contract/errors.ts";
import { conflictError } from "../conflict.ts";
import type { Connection } from "../connection.ts";
import { intact, putRow, selectList, type Stored } from "../table-format.ts";
import { type ExecutionRow, executionTable } from "../tables/execution-table.ts";
import type { Transaction } from "../transaction.ts";

const selectById = `select ${selectList(executionTable)} from execution where id = $id`;

/** Throws `not-found`, or `data-loss` when the row is damaged. */
export function storedExecution(db: Connection, id: string): ExecutionRow {
  const stored = db.get<Stored<ExecutionRow>>(selectById, { id });
  if (stored === undefined) throw new StigmerError("not-found", `no execution ${id}`);
  return intact(executionTable, stored);
}

export function putExecution(tx: Transaction, execution: ExecutionRow): ExecutionRow {
  putRow(tx.db, executionTable, execution);
  tx.changed({ kind: execution.kind, id: execution.id, effect: "updated" });
  return execution;
}

/** The columns of an execution that nobody holds and that waits for nothing. */
export const unheld = { runnerId: null, leaseUntil: null, wakeAt: null, waitTopic: null } as const;

/** A waiting execution becomes ready; any other stays as it is. */
export function woken(execution: ExecutionRow): ExecutionRow {
  return execution.state === "waiting" ? { ...execution, ...unheld, state: "ready" } : execution;
}

/** Throws `conflict` (fenced) unless exactly this token holds the lease. */
export function refuseFenced(execution: ExecutionRow, fencingToken: number): void {
  if (execution.state === "leased" && execution.fencingToken === fencingToken) return;
  throw conflictError(
    { kind: "fenced" },
    `fenced: token ${fencingToken} does not hold the lease of ${execution.id} (${execution.state}, token ${execution.fencingToken})`,
    "stop working on this execution: another runner has it or will get it",
  );
}
