import type { Connection } from "./connection.ts";
import { intact, selectList, type Stored } from "./table-format.ts";
import { type EventRow, eventTable } from "./tables/event-table.ts";

/** Stands for events of every type. */
export const anyEventType = "";

/** Which events of the log. */
export interface EventQuery {
  /** {@link anyEventType} among them: all. */
  readonly types: readonly string[];
  /** Only those behind this place in the log. */
  readonly after: number;
  /** Only those published since, milliseconds. */
  readonly since: number;
}

const ofTypes = `select ${selectList(eventTable)} from event
  where type in (select value from json_each($types)) and id > $after and at >= $since
  order by id limit $limit`;
const ofAll = `select ${selectList(eventTable)} from event
  where id > $after and at >= $since order by id limit $limit`;

/** Oldest first. Throws `data-loss` at a damaged one: nothing may be skipped. */
export function eventsOf(
  db: Connection,
  { types, after, since }: EventQuery,
  limit: number,
): EventRow[] {
  const range = { after, since, limit };
  const rows = types.includes(anyEventType)
    ? db.all<Stored<EventRow>>(ofAll, range)
    : db.all<Stored<EventRow>>(ofTypes, { ...range, types: JSON.stringify(types) });
  return rows.map((stored) => intact(eventTable, stored));
}
