import type { WorkflowExecution } from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import { WorkflowExecutionCommandController } from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/command_pb.ts";
import { WorkflowExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/query_pb.ts";
import type { WorkflowTask } from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/task_pb.ts";
import type { ResourceService } from "../../resources/resource-service.ts";
import type { WorkflowExecutions } from "../../resources/workflow-executions.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";
import { writeContext } from "./write-context.ts";

export interface WorkflowExecutionServicesOptions {
  readonly workflowExecutions: WorkflowExecutions;
  readonly resources: ResourceService;
  readonly dispatcher: Dispatcher;
}

interface TaskPage {
  readonly items: WorkflowTask[];
  readonly nextPageToken: string;
}

/** Starting, steering and reading executions of workflows. */
export function workflowExecutionServices({
  workflowExecutions: executions,
  resources,
  dispatcher,
}: WorkflowExecutionServicesOptions): ServiceImplementation[] {
  return [
    implement(WorkflowExecutionCommandController, {
      create: async (sent, call) => await executions.create(sent, writeContext(call)),
      delete: async (id, call) =>
        (await resources.delete(id.value, writeContext(call))) as WorkflowExecution,
      async cancel({ id, reason }) {
        const execution = await executions.cancel(id, reason);
        dispatcher.cancel(execution.metadata?.id ?? id);
        return execution;
      },
    }),
    implement(WorkflowExecutionQueryController, {
      get: ({ value }) => Promise.resolve(executions.get(value)),
      getByReference: ({ reference }) => Promise.resolve(executions.get(reference)),
      list: (request) => {
        const { items, nextPageToken } = resources.list(request);
        return Promise.resolve({ items: items as WorkflowExecution[], nextPageToken });
      },
      subscribe: ({ id, afterSequence }, { signal }) =>
        executions.subscribe(
          id,
          afterSequence === undefined ? undefined : Number(afterSequence),
          signal,
        ),
      listTasks: ({ id, pageSize, pageToken }) =>
        Promise.resolve(executions.listRows(id, pageSize, pageToken) as TaskPage),
    }),
  ];
}
