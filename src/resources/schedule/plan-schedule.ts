import type { Schedule } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import type { ScheduleSpec } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import type { ScheduleRow } from "../../store/tables/schedule-table.ts";
import { type DueBy, dueBy, dueByText, nextDue } from "./due-times.ts";

/** A schedule as it is stored. */
export interface StoredSchedule {
  readonly id: string;
  readonly resourceVersion: number;
  /** Milliseconds. */
  readonly updatedAt: number;
  readonly schedule: Schedule;
}

/**
 * The state of a schedule whose definition is new or has changed: at once by what it says now. Its
 * next time stays where that says the same; a pause makes up for nothing.
 */
export function planSchedule(
  { id, resourceVersion, updatedAt, schedule }: StoredSchedule,
  before: ScheduleRow | undefined,
  now: number,
): ScheduleRow {
  const spec = specOf(schedule);
  const isActive = !spec.paused && schedule.status?.heldByImport !== true;
  const by = dueBy(spec);
  const text = dueByText(spec);
  const isSame = before?.dueBy === text;
  const anchor = isSame ? before.anchor : updatedAt;
  const stays = isSame && before.active === 1 && before.failures === 0;
  return {
    ...(before ?? unstarted),
    id,
    resourceVersion,
    revision: (before?.revision ?? 0) + 1,
    active: isActive ? 1 : 0,
    dueBy: text,
    intervalMs: by.kind === "cron" ? null : by.intervalMs,
    anchor,
    nextAt: isActive ? (stays ? before.nextAt : nextDue(by, now, anchor)) : null,
    waitingAt: isActive ? (before?.waitingAt ?? null) : null,
    failures: 0,
  };
}

/** However often it failed to start something, it tries again after this. */
export const longestPauseMs = 3_600_000;

/** Counts an interval anew when the clock was set back; `undefined` when it was not. */
export function reanchored(row: ScheduleRow, by: DueBy, now: number): ScheduleRow | undefined {
  if (by.kind === "cron" || row.nextAt === null) return undefined;
  const pauseMs = row.failures > 0 ? longestPauseMs : 0;
  if (row.nextAt <= now + by.intervalMs + pauseMs) return undefined;
  return { ...row, revision: row.revision + 1, anchor: now, nextAt: now + by.intervalMs };
}

/** Every schedule has one: the contract asks for it. */
export function specOf({ spec }: Schedule): ScheduleSpec {
  if (!spec) throw new Error("validated resources have a spec");
  return spec;
}

const unstarted = {
  lastAt: null,
  lastExecution: null,
  starts: 0,
  missed: 0,
  skipped: 0,
  lastError: null,
  lastErrorAt: null,
} as const;
