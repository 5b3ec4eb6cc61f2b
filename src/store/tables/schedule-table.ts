import type { TableFormat } from "../table-format.ts";

/** When a schedule is due and what became of its starts; the schedule is the resource of the same id. */
export interface ScheduleRow {
  readonly id: string;
  /** Of the resource that this was made for. */
  readonly resourceVersion: number;
  /** Grows with every write of this row. */
  readonly revision: number;
  /** 0: paused. */
  readonly active: number;
  /** Says when it is due: the same text, the same times. */
  readonly dueBy: string;
  /** Null for one that goes by the calendar. */
  readonly intervalMs: number | null;
  /** What intervals are counted from, milliseconds as all times here. */
  readonly anchor: number;
  readonly nextAt: number | null;
  /** When the start was due that waits for the one before to end. */
  readonly waitingAt: number | null;
  readonly lastAt: number | null;
  readonly lastExecution: string | null;
  readonly starts: number;
  readonly missed: number;
  readonly skipped: number;
  /** In a row. */
  readonly failures: number;
  readonly lastError: string | null;
  readonly lastErrorAt: number | null;
}

export const scheduleTable: TableFormat<ScheduleRow> = {
  table: "schedule",
  primaryKey: ["id"],
  columns: {
    id: "id",
    resourceVersion: "resource_version",
    revision: "revision",
    active: "active",
    dueBy: "due_by",
    intervalMs: "interval_ms",
    anchor: "anchor",
    nextAt: "next_at",
    waitingAt: "waiting_at",
    lastAt: "last_at",
    lastExecution: "last_execution",
    starts: "starts",
    missed: "missed",
    skipped: "skipped",
    failures: "failures",
    lastError: "last_error",
    lastErrorAt: "last_error_at",
  },
  identity: (row) => `id ${row.id}`,
};
