import { messageOf, StigmerError } from "../../contract/errors.ts";
import type { ScheduleSpec } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { parseDuration } from "../../system/duration.ts";
import type { Resource } from "../resource.ts";
import { checkAll } from "../check-all.ts";
import { cronOf } from "./due-times.ts";

/** Ten years: whoever writes more has written something else than was meant. */
const longestMs = 3_650 * 86_400_000;

/** Refuses a time zone or a cron expression that there is not, and an interval of ages. Throws `invalid-argument`. */
export function checkSchedule(resource: Resource): void {
  const { trigger, timeZone } = resource.spec as ScheduleSpec;
  checkAll([() => checkTimeZone(timeZone), () => checkTrigger(trigger, timeZone)]);
}

function checkTimeZone(timeZone: string): void {
  if (timeZone === "" || isTimeZone(timeZone)) return;
  const message = `there is no time zone "${timeZone}"`;
  throw invalid("spec.timeZone", message, "such as Europe/Berlin or UTC");
}

function checkTrigger(trigger: ScheduleSpec["trigger"], timeZone: string): void {
  // Only the expression is in question here.
  if (trigger.case === "cron") checkCron(trigger.value, isTimeZone(timeZone) ? timeZone : "");
  else if (trigger.case !== undefined) checkInterval(`spec.${trigger.case}`, trigger.value);
}

function checkCron(expression: string, timeZone: string): void {
  const hint = "five fields: minute, hour, day of month, month, day of week";
  try {
    if (cronOf(expression, timeZone).nextRun() !== null) return;
  } catch (thrown) {
    throw invalid("spec.cron", `"${expression}": ${messageOf(thrown)}`, hint);
  }
  throw invalid("spec.cron", `"${expression}" is never due`, hint);
}

function checkInterval(field: string, text: string): void {
  if (intervalMs(text) <= longestMs) return;
  throw invalid(field, `"${text}" is longer than 3650d`, "such as 15m, 12h or 7d");
}

function intervalMs(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    // The form is checked by the contract: only its size is left to be wrong.
    return Infinity;
  }
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
