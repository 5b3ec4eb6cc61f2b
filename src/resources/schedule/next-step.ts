import { OverlapPolicy } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import type { ScheduledRun } from "../../store/readers/schedule-reader.ts";
import type { ScheduleRow } from "../../store/tables/schedule-table.ts";
import { type DueBy, dueBy, nextDue, pastDue } from "./due-times.ts";
import {
  longestPauseMs,
  planSchedule,
  reanchored,
  specOf,
  type StoredSchedule,
} from "./plan-schedule.ts";

/** All that decides what happens to a schedule. Times are milliseconds. */
export interface ScheduleFacts {
  readonly stored: StoredSchedule;
  readonly row: ScheduleRow | undefined;
  readonly runs: readonly ScheduledRun[];
  readonly now: number;
  /** What was due since then is in time, however long the work before it took. */
  readonly awakeSince: number;
}

/** The next thing to do, and the state of the schedule when it is done. */
export type ScheduleStep =
  | { readonly kind: "move"; readonly row: ScheduleRow }
  | { readonly kind: "cancel"; readonly executions: readonly string[] }
  | { readonly kind: "start"; readonly row: ScheduleRow; readonly dueAt: number };

/** Timers are never exact, and a daemon that is started again at once has missed nothing. */
const toleranceMs = 10_000;

/** Failures in a row before it pauses. */
const patientFailures = 5;
const firstPauseMs = 60_000;

/** `undefined` when there is nothing to do before something happens or the next time comes. */
export function nextStep(facts: ScheduleFacts): ScheduleStep | undefined {
  const { stored, row, runs, now } = facts;
  if (!row || row.resourceVersion !== stored.resourceVersion) {
    return { kind: "move", row: planSchedule(stored, row, now) };
  }
  if (row.active === 0) return undefined;
  const by = dueBy(specOf(stored.schedule));
  const counted = reanchored(row, by, now);
  if (counted) return { kind: "move", row: counted };
  const open = runs.filter(({ endedAt }) => endedAt === undefined);
  if (row.waitingAt !== null) {
    if (open.length === 0) return start(row, row.waitingAt, facts);
    const going = open.filter(({ isCancelled }) => !isCancelled);
    if (specOf(stored.schedule).overlap === OverlapPolicy.REPLACE && going.length > 0) {
      return { kind: "cancel", executions: going.map(({ executionId }) => executionId) };
    }
  }
  if (row.nextAt === null) return by.kind === "after" ? afterEnd(facts, row, by) : undefined;
  return row.nextAt <= now ? whenDue(facts, row, { by, open }) : undefined;
}

/** The state when a start failed: the next is tried when it is due, later when many failed. */
export function afterFailure(
  { stored, row: before }: Pick<ScheduleFacts, "stored"> & { readonly row: ScheduleRow },
  message: string,
  now: number,
): ScheduleRow {
  const failures = before.failures + 1;
  const by = dueBy(specOf(stored.schedule));
  const pauseMs =
    failures < patientFailures
      ? 0
      : Math.min(firstPauseMs * 2 ** (failures - patientFailures), longestPauseMs);
  const soonest = Math.max(now, now + pauseMs - 1);
  const anchor = by.kind === "after" ? now : before.anchor;
  return {
    ...before,
    revision: before.revision + 1,
    nextAt: before.active === 1 ? nextDue(by, soonest, anchor) : null,
    waitingAt: null,
    failures,
    lastError: message,
    lastErrorAt: now,
  };
}

/** The state when something was started by hand: its due times stay. */
export function afterTrigger(row: ScheduleRow, now: number): ScheduleRow {
  return { ...started(row, now), waitingAt: row.waitingAt };
}

function afterEnd(
  { runs, now }: ScheduleFacts,
  row: ScheduleRow,
  { intervalMs }: DueBy & { readonly kind: "every" | "after" },
): ScheduleStep | undefined {
  if (runs.some(({ endedAt }) => endedAt === undefined)) return undefined;
  const endedAt = Math.min(now, Math.max(...runs.map((run) => run.endedAt ?? 0)));
  // What it started may be deleted by now.
  const from = runs.length === 0 ? now : endedAt;
  return { kind: "move", row: moved(row, { nextAt: from + intervalMs }) };
}

function whenDue(
  facts: ScheduleFacts,
  row: ScheduleRow,
  { by, open }: { readonly by: DueBy; readonly open: readonly ScheduledRun[] },
): ScheduleStep {
  const { stored, now, awakeSince } = facts;
  const spec = specOf(stored.schedule);
  const { lastAt, count } = pastDue(by, row.nextAt ?? now, now);
  const windowMs = Math.max(spec.catchUpSeconds * 1000, toleranceMs);
  const isMissed = by.kind !== "after" && awakeSince - lastAt > windowMs;
  const nextAt = by.kind === "after" ? null : nextDue(by, now, row.anchor);
  const next = { ...row, nextAt, missed: row.missed + (isMissed ? count : count - 1) };
  if (isMissed) return { kind: "move", row: moved(next, {}) };
  if (open.length === 0 || spec.overlap === OverlapPolicy.ALLOW) return start(next, lastAt, facts);
  if (by.kind === "after") return { kind: "move", row: moved(next, {}) };
  if (spec.overlap === OverlapPolicy.REPLACE) {
    const skipped = row.skipped + (row.waitingAt === null ? 0 : 1);
    return { kind: "move", row: moved(next, { waitingAt: lastAt, skipped }) };
  }
  if (spec.overlap === OverlapPolicy.QUEUE && row.waitingAt === null) {
    return { kind: "move", row: moved(next, { waitingAt: lastAt }) };
  }
  return { kind: "move", row: moved(next, { skipped: row.skipped + 1 }) };
}

function start(row: ScheduleRow, dueAt: number, { now }: ScheduleFacts): ScheduleStep {
  return { kind: "start", row: started(row, now), dueAt };
}

function started(row: ScheduleRow, now: number): ScheduleRow {
  return moved(row, {
    waitingAt: null,
    lastAt: now,
    starts: row.starts + 1,
    failures: 0,
    lastError: null,
    lastErrorAt: null,
  });
}

function moved(row: ScheduleRow, change: Partial<ScheduleRow>): ScheduleRow {
  return { ...row, ...change, revision: row.revision + 1 };
}
