import type { Agent } from "../../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import { AgentCommandController } from "../../contract/gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import { AgentQueryController } from "../../contract/gen/ai/stigmer/agentic/agent/v1/query_pb.ts";
import type { Environment } from "../../contract/gen/ai/stigmer/agentic/environment/v1/api_pb.ts";
import { EnvironmentCommandController } from "../../contract/gen/ai/stigmer/agentic/environment/v1/command_pb.ts";
import { EnvironmentQueryController } from "../../contract/gen/ai/stigmer/agentic/environment/v1/query_pb.ts";
import type { McpServer } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/api_pb.ts";
import { McpServerCommandController } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/command_pb.ts";
import { McpServerQueryController } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/query_pb.ts";
import type { Session } from "../../contract/gen/ai/stigmer/agentic/session/v1/api_pb.ts";
import { SessionCommandController } from "../../contract/gen/ai/stigmer/agentic/session/v1/command_pb.ts";
import { SessionQueryController } from "../../contract/gen/ai/stigmer/agentic/session/v1/query_pb.ts";
import type { Skill } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { SkillCommandController } from "../../contract/gen/ai/stigmer/agentic/skill/v1/command_pb.ts";
import { SkillQueryController } from "../../contract/gen/ai/stigmer/agentic/skill/v1/query_pb.ts";
import type { Workflow } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import { WorkflowCommandController } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/command_pb.ts";
import { WorkflowQueryController } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/query_pb.ts";
import type {
  ApiResourceListRequest,
  ApiResourceReference,
} from "../../contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { Resource } from "../../resources/resource.ts";
import type { ResourceService } from "../../resources/resource-service.ts";
import { Skills } from "../../resources/skill/skills.ts";
import { type CallContext, implement, type ServiceImplementation } from "../grpc/handlers.ts";
import type { McpToolHandlers } from "./mcp-tool-handlers.ts";
import { writeContext } from "./write-context.ts";

export type ServiceOf = (kind: ApiResourceKind) => ResourceService;

/** The services of the kinds that are nothing but resources. */
export function resourceServices(
  serviceOf: ServiceOf,
  tools: McpToolHandlers,
): ServiceImplementation[] {
  const agent = serviceOf(ApiResourceKind.AGENT);
  const session = serviceOf(ApiResourceKind.SESSION);
  const mcpServer = serviceOf(ApiResourceKind.MCP_SERVER);
  const environment = serviceOf(ApiResourceKind.ENVIRONMENT);
  const skill = serviceOf(ApiResourceKind.SKILL);
  const skills = new Skills(skill);
  const workflow = serviceOf(ApiResourceKind.WORKFLOW);
  return [
    implement(AgentCommandController, commands<Agent>(agent)),
    implement(AgentQueryController, queries<Agent>(agent)),
    implement(SessionCommandController, commands<Session>(session)),
    implement(SessionQueryController, queries<Session>(session)),
    implement(McpServerCommandController, {
      ...commands<McpServer>(mcpServer),
      callTool: tools.callTool,
    }),
    implement(McpServerQueryController, {
      ...queries<McpServer>(mcpServer),
      listTools: tools.listTools,
    }),
    implement(EnvironmentCommandController, commands<Environment>(environment)),
    implement(EnvironmentQueryController, queries<Environment>(environment)),
    implement(SkillCommandController, {
      ...commands<Skill>(skill),
      push: (request, call) => skills.push(request, writeContext(call)),
      tag: (request, call) => skills.tag(request, writeContext(call)),
    }),
    implement(SkillQueryController, queries<Skill>(skill)),
    implement(WorkflowCommandController, commands<Workflow>(workflow)),
    implement(WorkflowQueryController, queries<Workflow>(workflow)),
  ];
}

interface Id {
  readonly value: string;
}

/** The generic verbs return what the kind of the service says: here the type is found again. */
function commands<R extends Resource>(service: ResourceService) {
  return {
    apply: async (sent: R, call: CallContext) =>
      (await service.apply(sent, writeContext(call))) as R,
    create: async (sent: R, call: CallContext) =>
      (await service.create(sent, writeContext(call))) as R,
    update: async (sent: R, call: CallContext) =>
      (await service.update(sent, writeContext(call))) as R,
    delete: async (id: Id, call: CallContext) =>
      (await service.delete(id.value, writeContext(call))) as R,
  };
}

function queries<R extends Resource>(service: ResourceService) {
  return {
    get: (id: Id) => Promise.resolve(service.get(id.value) as R),
    getByReference: (reference: ApiResourceReference) =>
      Promise.resolve(service.get(reference.reference) as R),
    list: (request: ApiResourceListRequest) => {
      const { items, nextPageToken } = service.list(request);
      return Promise.resolve({ items: items as R[], nextPageToken });
    },
  };
}
