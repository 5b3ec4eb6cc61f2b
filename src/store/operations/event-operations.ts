import { insertRow } from "../table-format.ts";
import { anyEventType } from "../event-log.ts";
import { nextValue } from "../tables/counter-table.ts";
import { type EventRow, eventTable } from "../tables/event-table.ts";
import type { Operation, OperationTable } from "./operation-table.ts";
import type { Transaction } from "../transaction.ts";
import { putExecution, storedExecution, woken } from "./stored-execution.ts";

export interface AcceptedEvent {
  /** Its place in the log. */
  readonly id: number;
  /** True when it was published before and nothing was written now. */
  readonly duplicate: boolean;
}

export interface EventOperations {
  /** Keeps an event and wakes the executions that wait for its type; once for a source and id. */
  publishEvent: Operation<Omit<EventRow, "id">, AcceptedEvent>;
  /** Forgets events from before a time. Returns how many; there may be more than `limit`. */
  forgetEvents: Operation<{ readonly before: number; readonly limit: number }, number>;
}

export const eventOperations: OperationTable<EventOperations> = {
  publishEvent(tx, event) {
    const { source, eventId } = event;
    const known = tx.db.get<{ id: number }>(
      "select id from event where source = $source and event_id = $eventId",
      { source, eventId },
    );
    if (known) return { id: known.id, duplicate: true };
    const id = nextValue(tx.db, "event");
    insertRow(tx.db, eventTable, { ...event, id });
    wakeListeners(tx, event.type);
    return { id, duplicate: false };
  },

  forgetEvents(tx, { before, limit }) {
    return tx.db.run(
      `delete from event where id in (
         select id from event where at < $before order by at limit $limit)`,
      { before, limit },
    );
  },
};

function wakeListeners(tx: Transaction, type: string): void {
  const listeners = tx.db.all<{ id: string }>(
    `select distinct execution_id as id from event_listener
      where type in ($type, $any)`,
    { type, any: anyEventType },
  );
  for (const { id } of listeners) {
    putExecution(tx, woken(storedExecution(tx.db, id)));
    tx.db.run("delete from event_listener where execution_id = $id", { id });
  }
}
