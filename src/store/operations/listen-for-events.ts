import { anyEventType, eventsOf } from "../event-log.ts";
import type { ExecutionRow } from "../tables/execution-table.ts";
import type { Transaction } from "../transaction.ts";

/** Published events that an execution waits for. */
export interface AwaitedEvents {
  /** An empty text stands for any. */
  readonly types: readonly string[];
  /** Only those behind this place in the log. */
  readonly after: number;
}

/**
 * Makes an execution a listener for exactly these events. True when one is there already: it came
 * after the execution began, and needs no wait.
 */
export function listenForEvents(
  { db }: Transaction,
  { id, createdAt }: ExecutionRow,
  events: AwaitedEvents | undefined,
): boolean {
  db.run("delete from event_listener where execution_id = $id", { id });
  if (!events) return false;
  if (eventsOf(db, { ...events, since: createdAt }, 1).length > 0) return true;
  const types = events.types.includes(anyEventType) ? [anyEventType] : events.types;
  for (const type of new Set(types)) {
    db.run("insert into event_listener (execution_id, type) values ($id, $type)", { id, type });
  }
  return false;
}
