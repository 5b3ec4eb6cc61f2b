import { Cron } from "croner";
import { messageOf, StigmerError } from "../contract/errors.ts";
import type { ScheduleSpec } from "../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import type { Resource } from "./resource.ts";

/** Refuses a cron expression or a time zone that there is not. Throws `invalid-argument`. */
export function checkSchedule(resource: Resource): void {
  const { trigger, timeZone } = resource.spec as ScheduleSpec;
  if (timeZone !== "" && !isTimeZone(timeZone)) {
    throw invalid(
      "spec.timeZone",
      `there is no time zone "${timeZone}"`,
      "such as Europe/Berlin or UTC",
    );
  }
  if (trigger.case === "cron") checkCron(trigger.value, timeZone || "UTC");
}

function checkCron(expression: string, timezone: string): void {
  const hint = "five fields: minute, hour, day of month, month, day of week";
  try {
    const isEver =
      new Cron(expression, { timezone, paused: true, mode: "5-part" }).nextRun() !== null;
    if (isEver) return;
  } catch (thrown) {
    throw invalid("spec.cron", `"${expression}": ${messageOf(thrown)}`, hint);
  }
  throw invalid("spec.cron", `"${expression}" is never due`, hint);
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function invalid(field: string, message: string, hint: string): StigmerError {
  const violations = [{ field, rule: "schedule", message }];
  return new StigmerError("invalid-argument", `${field}: ${message}`, { hint, violations });
}
