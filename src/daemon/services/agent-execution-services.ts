import { AgentExecutionCommandController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import { AgentExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import type { AgentMessage } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import type { AgentExecutions } from "../../resources/agent-executions.ts";
import type { ResourceService } from "../../resources/resource-service.ts";
import type { LentCredentials } from "../credentials/lent-credentials.ts";
import { readCredentials } from "../credentials/lent-credentials.ts";
import type { ProviderCredentials } from "../credentials/provider-credentials.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";
import { writeContext } from "./write-context.ts";

export interface AgentExecutionServicesOptions {
  readonly executions: AgentExecutions;
  readonly resources: ResourceService;
  readonly dispatcher: Dispatcher;
  readonly lent: LentCredentials;
  readonly credentials: ProviderCredentials;
}

interface MessagePage {
  readonly items: AgentMessage[];
  readonly nextPageToken: string;
}

/** Starting, steering and reading executions of agents. */
export function agentExecutionServices(
  options: AgentExecutionServicesOptions,
): ServiceImplementation[] {
  return [commandService(options), queryService(options)];
}

function commandService(options: AgentExecutionServicesOptions): ServiceImplementation {
  const { executions, resources, dispatcher, lent, credentials } = options;
  return implement(AgentExecutionCommandController, {
    async create(sent, call) {
      const lentNow = readCredentials(call.credentials);
      return await executions.create(sent, writeContext(call), {
        providers: await credentials.providersWithKeys(lentNow),
        lend: (id) => lent.lend(id, lentNow),
        takeBack: (id) => lent.takeBack(id),
      });
    },
    async delete(id, call) {
      return (await resources.delete(id.value, writeContext(call))) as AgentExecution;
    },
    async cancel({ id, reason }) {
      const execution = await executions.cancel(id, reason);
      dispatcher.cancel(execution.metadata?.id ?? id);
      return execution;
    },
    async supplyCredentials(id, call) {
      const supplied = readCredentials(call.credentials);
      const execution = executions.get(id.value);
      lent.lend(execution.metadata?.id ?? id.value, supplied);
      return await executions.wakeForCredentials(
        id.value,
        supplied.map(({ provider }) => provider),
      );
    },
  });
}

function queryService({
  executions,
  resources,
}: AgentExecutionServicesOptions): ServiceImplementation {
  return implement(AgentExecutionQueryController, {
    get: (id) => Promise.resolve(executions.get(id.value)),
    getByReference: ({ reference }) => Promise.resolve(executions.get(reference)),
    list: (request) => {
      const { items, nextPageToken } = resources.list(request);
      return Promise.resolve({ items: items as AgentExecution[], nextPageToken });
    },
    subscribe: ({ id, afterSequence }, { signal }) =>
      executions.subscribe(
        id,
        afterSequence === undefined ? undefined : Number(afterSequence),
        signal,
      ),
    listMessages: ({ id, pageSize, pageToken }) =>
      Promise.resolve(executions.listRows(id, pageSize, pageToken) as MessagePage),
  });
}
