import type { TableFormat } from "../table-format.ts";

/** An event that was published. `source` and `eventId` together name it, however often it is sent. */
export interface EventRow {
  /** Its place in the log: grows in order of arrival, never repeats. */
  readonly id: number;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly at: number;
  /** The CloudEvent as JSON. */
  readonly body: Uint8Array;
}

export const eventTable: TableFormat<EventRow> = {
  table: "event",
  primaryKey: ["id"],
  blob: "body",
  columns: {
    id: "id",
    source: "source",
    eventId: "event_id",
    type: "type",
    at: "at",
    body: "body",
  },
  identity: ({ id, type }) => `id ${id}, type ${type}`,
};
