import { toStigmerError } from "../../contract/errors.ts";
import type { Schedule } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { AgentExecutions } from "../../resources/agent-executions.ts";
import type { ResourceService, WriteContext } from "../../resources/resource-service.ts";
import type { WorkflowExecutions } from "../../resources/workflow-executions.ts";
import { Schedules } from "../../resources/schedule/schedules.ts";
import type { Store } from "../../store/store.ts";
import type { Logger } from "../../system/log.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import { ScheduleKeeper } from "./schedule-keeper.ts";
import { Scheduler } from "./scheduler.ts";
import { type TargetParts, targetStarter } from "./start-target.ts";

export interface SchedulePartsOptions {
  readonly store: Store;
  readonly log: Logger;
  readonly clock: () => number;
  /** Of the kind of schedules. */
  readonly resources: ResourceService;
  readonly starters: TargetParts;
  /** By the kind of an execution. */
  readonly executionsOf: (kind: number) => AgentExecutions | WorkflowExecutions;
  readonly dispatcher: Dispatcher;
}

export interface ScheduleParts {
  readonly schedules: Schedules;
  readonly scheduler: Scheduler;
  /** Starts what a schedule names, now. */
  readonly trigger: (name: string, context: WriteContext) => Promise<Schedule>;
}

/** What keeps schedules, and what starts what they name. */
export function scheduleParts(options: SchedulePartsOptions): ScheduleParts {
  const { store, log, clock, resources } = options;
  const schedules = new Schedules({ resources, read: store.read, clock });
  const cancel = (id: string): Promise<void> => cancelExecution(id, options);
  const startTarget = targetStarter(options.starters);
  const keeper = new ScheduleKeeper({ store, clock, log, startTarget, cancel });
  const scheduler = new Scheduler({ store, clock, log, keeper });
  const trigger = async (name: string, context: WriteContext): Promise<Schedule> => {
    const { id } = resources.find(name);
    await keeper.trigger(id, context);
    scheduler.follow(id);
    return schedules.get(id);
  };
  return { schedules, scheduler, trigger };
}

async function cancelExecution(
  id: string,
  { store, executionsOf, dispatcher }: SchedulePartsOptions,
): Promise<void> {
  try {
    const kind = store.read.execution(id)?.kind ?? ApiResourceKind.AGENT_EXECUTION;
    await executionsOf(kind).cancel(id, "replaced by the next start of its schedule");
    dispatcher.cancel(id);
  } catch (thrown) {
    // Deleted meanwhile: nothing of it is left to be stopped.
    if (toStigmerError(thrown).code !== "not-found") throw thrown;
  }
}
