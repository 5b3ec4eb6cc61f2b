import { durationMs } from "../../../workflow/definition/duration.ts";
import type { TaskBody } from "../../../workflow/definition/task.ts";
import { type Done, durableName, type Visit } from "./frame.ts";
import { scopeOfVisit } from "./scopes.ts";

/** Waits; the output is the input. */
export async function runWait(
  visit: Visit,
  { duration }: Extract<TaskBody, { kind: "wait" }>,
): Promise<Done> {
  const { durable } = visit.frame;
  const until = durable.now() + durationMs(duration, scopeOfVisit(visit));
  await durable.sleepUntil(durableName(visit.task), until);
  return { output: visit.input };
}
