import type { Connection } from "../connection.ts";
import { intact, selectList, type Stored } from "../table-format.ts";
import { type ScheduleRow, scheduleTable } from "../tables/schedule-table.ts";

/** An execution that a schedule started. */
export interface ScheduledRun {
  readonly scheduleId: string;
  readonly executionId: string;
  /** It was asked to stop. */
  readonly isCancelled: boolean;
  /** Milliseconds; `undefined` while it goes on. */
  readonly endedAt: number | undefined;
}

export interface ScheduleReader {
  /** Throws `data-loss` when the row is damaged. */
  schedule(id: string): ScheduleRow | undefined;
  /** Milliseconds; `undefined` when none has a time. */
  nextScheduleAt(): number | undefined;
  /** Ids of those due at `now`, the earliest first. */
  dueSchedules(now: number, limit: number): string[];
  /**
   * Ids of those of this kind whose state is not that of their current definition, that wait for an
   * execution, or whose next time is further off than their interval: the clock was set back.
   */
  unsettledSchedules(kind: number, now: number): string[];
  /** Executions that it started and that have not ended; some that have may be among them. */
  scheduledRuns(scheduleId: string): ScheduledRun[];
  /** Those of all schedules. */
  everyScheduledRun(): ScheduledRun[];
}

const byId = `select ${selectList(scheduleTable)} from schedule where id = $id`;
const next = `select min(next_at) as nextAt from schedule indexed by schedule_timer
  where next_at is not null`;
const due = `select id from schedule indexed by schedule_timer
  where next_at <= $now order by next_at limit $limit`;
const unsettled = `select resource.id as id from resource
  left join schedule on schedule.id = resource.id
  where resource.kind = $kind and (
    schedule.id is null
    or schedule.resource_version <> resource.resource_version
    or schedule.waiting_at is not null
    or (schedule.active = 1 and schedule.next_at is null)
    or schedule.next_at > $now + schedule.interval_ms
  )`;
const runs = `select run.schedule_id as scheduleId, run.execution_id as executionId,
    history.ended_at as endedAt, execution.cancel_reason is not null as isCancelled
  from schedule_run run join execution on execution.id = run.execution_id
  left join history on history.execution_id = run.execution_id`;

export function scheduleReader(db: Connection): ScheduleReader {
  return {
    schedule(id) {
      const stored = db.get<Stored<ScheduleRow>>(byId, { id });
      return stored && intact(scheduleTable, stored);
    },
    nextScheduleAt: () => db.get<{ nextAt: number | null }>(next)?.nextAt ?? undefined,
    dueSchedules: (now, limit) => idsOf(db.all<{ id: string }>(due, { now, limit })),
    unsettledSchedules: (kind, now) => idsOf(db.all<{ id: string }>(unsettled, { kind, now })),
    scheduledRuns: (scheduleId) =>
      db.all<StoredRun>(`${runs} where run.schedule_id = $scheduleId`, { scheduleId }).map(runOf),
    everyScheduledRun: () => db.all<StoredRun>(runs).map(runOf),
  };
}

interface StoredRun extends Omit<ScheduledRun, "endedAt" | "isCancelled"> {
  readonly endedAt: number | null;
  readonly isCancelled: number;
}

function runOf({ endedAt, isCancelled, ...run }: StoredRun): ScheduledRun {
  return { ...run, isCancelled: isCancelled === 1, endedAt: endedAt ?? undefined };
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}
