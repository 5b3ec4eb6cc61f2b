import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { ExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import type { WorkflowExecution } from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import {
  type AnyExecution,
  findExecution,
  listExecutions,
} from "../../resources/any-executions.ts";
import type { ResourceService } from "../../resources/resource-service.ts";
import type { StoreReader } from "../../store/store.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";

/** Executions of all kinds in one order. */
export function anyExecutionService(
  read: StoreReader,
  sessions: ResourceService,
): ServiceImplementation {
  return implement(ExecutionQueryController, {
    get: ({ value }) => Promise.resolve(wrap(findExecution(read, value))),
    list: ({ page, phases, session }) => {
      const parent =
        session === "" ? {} : { parentId: sessions.get(session).metadata?.id ?? session };
      const filter = { ...(phases.length > 0 ? { phases } : {}), ...parent };
      const { items, nextPageToken } = listExecutions(read, page, filter);
      return Promise.resolve({ items: items.map(wrap), nextPageToken });
    },
  });
}

function wrap({ kind, execution }: AnyExecution) {
  return kind === ApiResourceKind.WORKFLOW_EXECUTION
    ? ({ execution: { case: "workflowExecution", value: execution as WorkflowExecution } } as const)
    : ({ execution: { case: "agentExecution", value: execution as AgentExecution } } as const);
}
