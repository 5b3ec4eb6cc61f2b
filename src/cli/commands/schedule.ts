import type { Schedule } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import { ScheduleCommandController } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/command_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput, itemOutput } from "../output/item-output.ts";
import { timeText } from "../output/time-text.ts";
import { deleteResources } from "../resources/delete-resources.ts";
import { listResources } from "../resources/list-resources.ts";
import { newRequestId } from "../resources/request-id.ts";
import { nameOf } from "../resources/resource-kind.ts";
import { scheduleKind } from "../resources/schedule-kind.ts";

const { method } = ScheduleCommandController;

export async function listSchedules(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await listResources(scheduleKind, invocation, context);
}

export async function getSchedule(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const schedule = await scheduleKind.get(daemon, invocation.argument("NAME"));
  return { output: itemOutput(scheduleKind.view, schedule) };
}

export async function pauseSchedules(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  return await changeEach(
    invocation,
    (value) => daemon.call(method.pause, { value }),
    (schedule) => `schedule ${nameOf(schedule)} paused`,
  );
}

export async function resumeSchedules(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  return await changeEach(
    invocation,
    (value) => daemon.call(method.resume, { value }),
    (schedule) => {
      const next = timeText(schedule.status?.nextAt);
      return `schedule ${nameOf(schedule)} resumed${next === "" ? "" : `, next at ${next}`}`;
    },
  );
}

/** The id of the execution alone on stdout; how to watch it on stderr. */
export async function triggerSchedule(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const value = invocation.argument("NAME");
  const schedule = await daemon.call(method.trigger, { value }, { metadata: newRequestId() });
  const id = schedule.status?.lastExecution ?? "";
  return {
    output: changeOutput(scheduleKind.view, [schedule], () => id),
    next: `stigmer execution watch ${id}`,
  };
}

export async function deleteSchedules(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const names = invocation.arguments("NAME");
  return await deleteResources(scheduleKind, names, { invocation, context });
}

async function changeEach(
  invocation: Invocation,
  change: (name: string) => Promise<Schedule>,
  sentence: (schedule: Schedule) => string,
): Promise<CommandResult> {
  const changed: Schedule[] = [];
  // oxlint-disable-next-line no-await-in-loop -- the first that fails ends the command
  for (const name of invocation.arguments("NAME")) changed.push(await change(name));
  return { output: changeOutput(scheduleKind.view, changed, sentence) };
}
