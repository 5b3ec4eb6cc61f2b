import { create } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { toStigmerError } from "../../contract/errors.ts";
import type { Schedule } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import {
  ScheduleErrorSchema,
  ScheduleStatusSchema,
} from "../../contract/gen/ai/stigmer/agentic/schedule/v1/status_pb.ts";
import type { StoreReader } from "../../store/store.ts";
import type { ScheduleRow } from "../../store/tables/schedule-table.ts";
import { planSchedule } from "./plan-schedule.ts";

/**
 * The schedule with what became of it in its status. That is kept beside the resource, so that no
 * start makes what somebody edits out of date. A damaged state is named there and hides no schedule.
 *
 * @param now milliseconds
 */
export function withStatus(read: StoreReader, schedule: Schedule, now: number): Schedule {
  if (!schedule.spec) return schedule;
  schedule.status ??= create(ScheduleStatusSchema);
  try {
    fillStatus(schedule.status, currentRow(read, schedule, now));
  } catch (thrown) {
    const { code, message } = toStigmerError(thrown);
    if (code !== "data-loss") throw thrown;
    schedule.status.lastError = create(ScheduleErrorSchema, { message });
  }
  return schedule;
}

/** As it is, or as it will be in a moment when the definition was just written. */
function currentRow(read: StoreReader, schedule: Schedule, now: number): ScheduleRow {
  const { id = "", resourceVersion = "" } = schedule.metadata ?? {};
  const row = read.schedule(id);
  if (row && String(row.resourceVersion) === resourceVersion) return row;
  const updated = schedule.status?.audit?.updated?.at;
  const updatedAt = updated ? timestampMs(updated) : now;
  return planSchedule(
    { id, resourceVersion: Number(resourceVersion), updatedAt, schedule },
    row,
    now,
  );
}

function fillStatus(status: NonNullable<Schedule["status"]>, row: ScheduleRow): void {
  status.starts = BigInt(row.starts);
  status.missed = BigInt(row.missed);
  status.skipped = BigInt(row.skipped);
  status.failures = row.failures;
  status.lastExecution = row.lastExecution ?? "";
  if (row.nextAt !== null) status.nextAt = timestampFromMs(row.nextAt);
  if (row.lastAt !== null) status.lastAt = timestampFromMs(row.lastAt);
  if (row.waitingAt !== null) status.waitingSince = timestampFromMs(row.waitingAt);
  if (row.lastError === null) return;
  const message = row.lastError;
  status.lastError = create(ScheduleErrorSchema, { message, ...timeOf(row.lastErrorAt) });
}

function timeOf(ms: number | null): { at?: Timestamp } {
  return ms === null ? {} : { at: timestampFromMs(ms) };
}
