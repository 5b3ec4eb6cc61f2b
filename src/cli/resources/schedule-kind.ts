import {
  type Schedule,
  ScheduleSchema,
} from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import { OverlapPolicy } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { definitionKind } from "./definition-kind.ts";

export const scheduleKind = definitionKind(ScheduleSchema, {
  word: "schedule",
  plural: "schedules",
  columns: [
    { title: "WHEN", value: triggerText },
    { title: "STARTS", value: targetText, flexible: true },
    { title: "PAUSED", value: ({ spec }) => (spec?.paused === true ? "yes" : "") },
  ],
  fields: (schedule) => [
    ["description", schedule.spec?.description ?? ""],
    ["when", triggerText(schedule)],
    ["starts", targetText(schedule)],
    ["overlap", OverlapPolicy[schedule.spec?.overlap || OverlapPolicy.SKIP].toLowerCase()],
    ["catch up", schedule.spec?.catchUpSeconds ? `${schedule.spec.catchUpSeconds}s` : ""],
    ["environments", schedule.spec?.environmentRefs.join(", ") ?? ""],
    ["paused", schedule.spec?.paused === true ? "yes" : "no"],
  ],
  text: ({ spec }) => ["message", spec?.target.case === "agent" ? spec.target.value.message : ""],
});

/** `0 7 * * 1-5 Europe/Berlin`, `every 15m`. */
function triggerText({ spec }: Schedule): string {
  if (spec?.trigger.case === "every") return `every ${spec.trigger.value}`;
  return [spec?.trigger.value ?? "", spec?.timeZone || "UTC"].join(" ");
}

function targetText({ spec }: Schedule): string {
  const target = spec?.target;
  if (target?.case === "agent") return `agent ${target.value.agent}`;
  return target?.case === "workflow" ? `workflow ${target.value.workflow}` : "";
}
