import { create } from "@bufbuild/protobuf";
import { AgentExecutionSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import type { Schedule } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import type {
  ScheduledAgent,
  ScheduledWorkflow,
} from "../../contract/gen/ai/stigmer/agentic/schedule/v1/spec_pb.ts";
import { WorkflowExecutionSchema } from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import type { AgentExecutions } from "../../resources/agent-executions.ts";
import type { WriteContext } from "../../resources/resource-service.ts";
import { specOf } from "../../resources/schedule/plan-schedule.ts";
import type { WorkflowExecutions } from "../../resources/workflow-executions.ts";
import type { ProviderCredentials } from "../credentials/provider-credentials.ts";

/** One start of a schedule. */
export interface Start {
  readonly schedule: Schedule;
  /** Who starts it; its `schedule` is the state of the schedule when it has started. */
  readonly context: WriteContext;
}

/** Starts what a schedule names and returns the id of the execution. */
export type StartTarget = (start: Start) => Promise<string>;

export interface TargetParts {
  readonly executions: AgentExecutions;
  readonly workflowExecutions: WorkflowExecutions;
  readonly credentials: Pick<ProviderCredentials, "providersWithKeys">;
}

/** On what an execution that a schedule started can be found by: the slug of the schedule. */
const scheduleLabel = "stigmer.ai/schedule";

export function targetStarter(parts: TargetParts): StartTarget {
  return async (start) => {
    const { target } = specOf(start.schedule);
    if (target.case === "agent") return await startAgent(parts, start, target.value);
    if (target.case === "workflow") return await startWorkflow(parts, start, target.value);
    throw new Error("validated schedules have a target");
  };
}

async function startAgent(
  { executions, credentials }: TargetParts,
  start: Start,
  { agent, message, session }: ScheduledAgent,
): Promise<string> {
  const { environmentRefs } = specOf(start.schedule);
  const execution = create(AgentExecutionSchema, {
    metadata: { labels: labelsOf(start) },
    spec: { agent, message, session, environmentRefs },
  });
  const stored = await executions.create(execution, start.context, {
    // Nobody is there to lend one: what has no key waits for it.
    providers: await credentials.providersWithKeys([]),
    lend: () => {},
    takeBack: () => {},
  });
  return stored.metadata?.id ?? "";
}

async function startWorkflow(
  { workflowExecutions }: TargetParts,
  start: Start,
  { workflow, input }: ScheduledWorkflow,
): Promise<string> {
  const { environmentRefs } = specOf(start.schedule);
  const execution = create(WorkflowExecutionSchema, {
    metadata: { labels: labelsOf(start) },
    spec: { workflow, environmentRefs, ...(input === undefined ? {} : { input }) },
  });
  const stored = await workflowExecutions.create(execution, start.context);
  return stored.metadata?.id ?? "";
}

function labelsOf({ schedule }: Start): Record<string, string> {
  return { [scheduleLabel]: schedule.metadata?.slug ?? "" };
}
