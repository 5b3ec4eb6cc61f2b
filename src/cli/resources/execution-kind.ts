import { StigmerError } from "../../contract/errors.ts";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentExecutionCommandController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import { ExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import { executionView } from "./execution-view.ts";
import type { ResourceKind } from "./resource-kind.ts";

/** Executions by id, or as @last. */
export const executionKind: ResourceKind<AgentExecution> = {
  word: "execution",
  plural: "executions",
  view: executionView,
  list: async (daemon, page) => {
    const list = await daemon.call(ExecutionQueryController.method.list, { page });
    const items = list.items.flatMap(({ execution }) =>
      execution.case === "agentExecution" ? [execution.value] : [],
    );
    return { items, nextPageToken: list.nextPageToken };
  },
  get: findExecution,
  remove: async (daemon, reference, options) => {
    const value = (await findExecution(daemon, reference)).metadata?.id ?? "";
    return await daemon.call(AgentExecutionCommandController.method.delete, { value }, options);
  },
};

/** @throws StigmerError `incompatible` for one of a kind that this version does not know */
export async function findExecution(
  daemon: DaemonConnection,
  value: string,
): Promise<AgentExecution> {
  const { execution } = await daemon.call(ExecutionQueryController.method.get, { value });
  if (execution.case === "agentExecution") return execution.value;
  throw new StigmerError("incompatible", `Execution ${value} is of a kind this version lacks.`, {
    hint: "use a stigmer of the version that the daemon or server has",
  });
}
