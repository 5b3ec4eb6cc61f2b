import {
  type Schedule,
  ScheduleSchema,
} from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import { OverlapPolicy } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import type { ScheduleStatus } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/status_pb.ts";
import { ageText, comingText, timeText } from "../output/time-text.ts";
import { definitionKind } from "./definition-kind.ts";

export const scheduleKind = definitionKind(ScheduleSchema, {
  word: "schedule",
  plural: "schedules",
  columns: [
    { title: "WHEN", value: triggerText },
    { title: "STARTS", value: targetText, flexible: true },
    { title: "NEXT", value: ({ status }, style) => comingText(status?.nextAt, style) },
    { title: "LAST", value: ({ status }, style) => ageText(status?.lastAt, style) },
    { title: "STATE", value: stateText },
  ],
  fields: (schedule) => [
    ["description", schedule.spec?.description ?? ""],
    ["when", triggerText(schedule)],
    ["starts", targetText(schedule)],
    ["overlap", OverlapPolicy[schedule.spec?.overlap || OverlapPolicy.SKIP].toLowerCase()],
    ["catch up", schedule.spec?.catchUpSeconds ? `${schedule.spec.catchUpSeconds}s` : ""],
    ["environments", schedule.spec?.environmentRefs.join(", ") ?? ""],
    ["state", stateText(schedule)],
    ["next", timeText(schedule.status?.nextAt)],
    ["last", lastText(schedule.status)],
    ["waiting since", timeText(schedule.status?.waitingSince)],
    ["started", countsText(schedule.status)],
    ["last error", errorText(schedule.status)],
  ],
  text: ({ spec }) => ["message", spec?.target.case === "agent" ? spec.target.value.message : ""],
});

/** `0 7 * * 1-5 Europe/Berlin`, `every 15m`, `after 15m`. */
function triggerText({ spec }: Schedule): string {
  const { case: kind, value = "" } = spec?.trigger ?? {};
  return kind === "cron" ? `${value} ${spec?.timeZone || "UTC"}` : `${kind} ${value}`;
}

function targetText({ spec }: Schedule): string {
  const target = spec?.target;
  if (target?.case === "agent") return `agent ${target.value.agent}`;
  return target?.case === "workflow" ? `workflow ${target.value.workflow}` : "";
}

/** The one thing that somebody who looks at it should know. */
function stateText({ spec, status }: Schedule): string {
  if (status?.heldByImport === true) return "imported";
  if (spec?.paused === true) return "paused";
  if (status?.lastError !== undefined) return "failing";
  return status?.waitingSince === undefined ? "active" : "waiting";
}

function lastText(status: ScheduleStatus | undefined): string {
  return [timeText(status?.lastAt), status?.lastExecution ?? ""].filter(Boolean).join(" ");
}

/** `12 times, 3 missed, 1 left out`. */
function countsText(status: ScheduleStatus | undefined): string {
  const { starts = 0n, missed = 0n, skipped = 0n } = status ?? {};
  const others = [
    ...(missed > 0n ? [`${missed} missed`] : []),
    ...(skipped > 0n ? [`${skipped} left out`] : []),
  ];
  return [`${starts} ${starts === 1n ? "time" : "times"}`, ...others].join(", ");
}

function errorText(status: ScheduleStatus | undefined): string {
  const { lastError, failures = 0 } = status ?? {};
  if (!lastError) return "";
  const when = lastError.at ? ` (${timeText(lastError.at)}, ${failures} in a row)` : "";
  return `${lastError.message}${when}`;
}
