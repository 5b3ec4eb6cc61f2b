import { type DescMessage, type DescService, getOption } from "@bufbuild/protobuf";
import { StigmerError } from "./errors.ts";
import { AgentSchema } from "./gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import { AgentCommandController } from "./gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import { AgentQueryController } from "./gen/ai/stigmer/agentic/agent/v1/query_pb.ts";
import { AgentExecutionSchema } from "./gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentExecutionCommandController } from "./gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import { AgentExecutionQueryController } from "./gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import { EnvironmentSchema } from "./gen/ai/stigmer/agentic/environment/v1/api_pb.ts";
import { EnvironmentCommandController } from "./gen/ai/stigmer/agentic/environment/v1/command_pb.ts";
import { EnvironmentQueryController } from "./gen/ai/stigmer/agentic/environment/v1/query_pb.ts";
import { McpServerSchema } from "./gen/ai/stigmer/agentic/mcpserver/v1/api_pb.ts";
import { McpServerCommandController } from "./gen/ai/stigmer/agentic/mcpserver/v1/command_pb.ts";
import { McpServerQueryController } from "./gen/ai/stigmer/agentic/mcpserver/v1/query_pb.ts";
import { SessionSchema } from "./gen/ai/stigmer/agentic/session/v1/api_pb.ts";
import { SessionCommandController } from "./gen/ai/stigmer/agentic/session/v1/command_pb.ts";
import { SessionQueryController } from "./gen/ai/stigmer/agentic/session/v1/query_pb.ts";
import { ScheduleSchema } from "./gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import { ScheduleCommandController } from "./gen/ai/stigmer/agentic/schedule/v1/command_pb.ts";
import { ScheduleQueryController } from "./gen/ai/stigmer/agentic/schedule/v1/query_pb.ts";
import { SkillSchema } from "./gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { SkillCommandController } from "./gen/ai/stigmer/agentic/skill/v1/command_pb.ts";
import { SkillQueryController } from "./gen/ai/stigmer/agentic/skill/v1/query_pb.ts";
import { WorkflowSchema } from "./gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import { WorkflowCommandController } from "./gen/ai/stigmer/agentic/workflow/v1/command_pb.ts";
import { WorkflowQueryController } from "./gen/ai/stigmer/agentic/workflow/v1/query_pb.ts";
import { WorkflowExecutionSchema } from "./gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import { WorkflowExecutionCommandController } from "./gen/ai/stigmer/agentic/workflowexecution/v1/command_pb.ts";
import { WorkflowExecutionQueryController } from "./gen/ai/stigmer/agentic/workflowexecution/v1/query_pb.ts";
import {
  ApiResourceKind,
  ApiResourceKindSchema,
  kind as kindOption,
  type KindInfo,
} from "./gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";

/** One kind of resource: its registry entry and its descriptors. */
export interface Kind {
  readonly number: ApiResourceKind;
  readonly info: KindInfo;
  readonly message: DescMessage;
  readonly command: DescService;
  readonly query: DescService;
}

const descriptors: Partial<Record<ApiResourceKind, Omit<Kind, "number" | "info">>> = {
  [ApiResourceKind.AGENT]: {
    message: AgentSchema,
    command: AgentCommandController,
    query: AgentQueryController,
  },
  [ApiResourceKind.SESSION]: {
    message: SessionSchema,
    command: SessionCommandController,
    query: SessionQueryController,
  },
  [ApiResourceKind.AGENT_EXECUTION]: {
    message: AgentExecutionSchema,
    command: AgentExecutionCommandController,
    query: AgentExecutionQueryController,
  },
  [ApiResourceKind.MCP_SERVER]: {
    message: McpServerSchema,
    command: McpServerCommandController,
    query: McpServerQueryController,
  },
  [ApiResourceKind.ENVIRONMENT]: {
    message: EnvironmentSchema,
    command: EnvironmentCommandController,
    query: EnvironmentQueryController,
  },
  [ApiResourceKind.SKILL]: {
    message: SkillSchema,
    command: SkillCommandController,
    query: SkillQueryController,
  },
  [ApiResourceKind.WORKFLOW]: {
    message: WorkflowSchema,
    command: WorkflowCommandController,
    query: WorkflowQueryController,
  },
  [ApiResourceKind.WORKFLOW_EXECUTION]: {
    message: WorkflowExecutionSchema,
    command: WorkflowExecutionCommandController,
    query: WorkflowExecutionQueryController,
  },
  [ApiResourceKind.SCHEDULE]: {
    message: ScheduleSchema,
    command: ScheduleCommandController,
    query: ScheduleQueryController,
  },
};

/** Every kind that a local daemon keeps, in the order of its number. */
export const kinds: readonly Kind[] = ApiResourceKindSchema.values.flatMap((value) => {
  const found = descriptors[value.number as ApiResourceKind];
  return found ? [{ ...found, number: value.number, info: getOption(value, kindOption) }] : [];
});

/** Throws `not-found` for a number that no kind has. */
export function kindOf(number: ApiResourceKind): Kind {
  const kind = kinds.find((candidate) => candidate.number === number);
  if (!kind) throw new StigmerError("not-found", `there is no kind ${number}`);
  return kind;
}

/** The kind of an id by its prefix; `undefined` for what is not shaped like one of our ids. */
export function kindOfId(id: string): Kind | undefined {
  if (!/^[a-z]+-[0-9a-hjkmnp-tv-z]{26}$/.test(id)) return undefined;
  return kinds.find((kind) => id.startsWith(`${kind.info.idPrefix}-`));
}
