import { conflictError } from "../conflict.ts";
import { putRow } from "../table-format.ts";
import { type ScheduleRow, scheduleTable } from "../tables/schedule-table.ts";
import type { Transaction } from "../transaction.ts";
import type { Operation, OperationTable } from "./operation-table.ts";
import { storedResource } from "./stored-resource.ts";
import { refuseStale } from "./update-resource.ts";

/** The next state of a schedule, in the place of the one that it was made from. */
export interface ScheduleMove {
  /** Its `revision` is one more than that of the row that it replaces; 1 for the first. */
  readonly row: ScheduleRow;
  /** Replaces whatever is there: for a row that cannot be read. */
  readonly replace?: true;
}

export interface ScheduleOperations {
  /**
   * Throws `not-found` when the schedule is gone, `conflict` when its definition or its state is not
   * the one that this was made from.
   */
  moveSchedule: Operation<ScheduleMove, void>;
}

export const scheduleOperations: OperationTable<ScheduleOperations> = { moveSchedule };

function moveSchedule({ db }: Transaction, { row, replace }: ScheduleMove): void {
  refuseStale(storedResource(db, row.id), row.resourceVersion);
  const found = db.get<{ revision: number }>("select revision from schedule where id = $id", {
    id: row.id,
  });
  if (replace !== true && (found?.revision ?? 0) !== row.revision - 1) throw overtaken(row);
  putRow(db, scheduleTable, row);
  db.run(
    `delete from schedule_run where schedule_id = $id and execution_id in (
       select id from execution where state = 'ended')`,
    { id: row.id },
  );
}

/** Started by the schedule, in the same transaction. Throws what {@link moveSchedule} throws. */
export function recordStart(tx: Transaction, row: ScheduleRow, executionId: string): void {
  moveSchedule(tx, { row: { ...row, lastExecution: executionId } });
  tx.db.run(
    "insert into schedule_run (schedule_id, execution_id) values ($scheduleId, $executionId)",
    { scheduleId: row.id, executionId },
  );
}

function overtaken({ id, revision }: ScheduleRow): Error {
  return conflictError(
    { kind: "schedule-moved" },
    `the schedule ${id} is not at state ${revision - 1} any more`,
  );
}
