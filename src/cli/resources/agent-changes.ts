import { create, type JsonObject } from "@bufbuild/protobuf";
import {
  type AgentLimits,
  AgentLimitsSchema,
  type AgentMcpServer,
  AgentMcpServerSchema,
  type AgentSpec,
} from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import { readOutputSchema } from "../input/read-output-schema.ts";
import type { InputSource } from "../input/read-text.ts";
import type { Invocation } from "../invocation.ts";

export interface AgentChanges {
  instructions?: string;
  model?: string;
  description?: string;
  mcpServers?: AgentMcpServer[];
  environmentRefs?: string[];
  outputSchema?: JsonObject | undefined;
  skillRefs?: string[];
  /** The others stay. */
  limits?: Partial<Pick<AgentLimits, "maxTurns" | "maxToolCalls" | "timeoutSeconds">>;
}

/** What the flags say of the spec, the instructions apart; what was not given is not there. */
export async function agentChanges(
  invocation: Invocation,
  context: InputSource,
): Promise<AgentChanges> {
  const changes: AgentChanges = {};
  const model = invocation.text("model");
  const description = invocation.text("description");
  if (model !== undefined) changes.model = model;
  if (description !== undefined) changes.description = description;
  if (invocation.has("mcp")) {
    changes.mcpServers = given(invocation, "mcp").map(parseServerReference);
  }
  const schemaFile = invocation.text("output-schema");
  if (schemaFile !== undefined) {
    changes.outputSchema =
      schemaFile === "" ? undefined : await readOutputSchema(schemaFile, context);
  }
  if (invocation.has("skill")) changes.skillRefs = given(invocation, "skill");
  if (invocation.has("environment")) changes.environmentRefs = given(invocation, "environment");
  const limits = limitChanges(invocation);
  if (Object.keys(limits).length > 0) changes.limits = limits;
  return changes;
}

/** Puts what was given in the place of what a spec says. */
export function changeSpec(spec: AgentSpec, { limits, ...changes }: AgentChanges): void {
  Object.assign(spec, changes);
  if (limits) Object.assign((spec.limits ??= create(AgentLimitsSchema)), limits);
}

function limitChanges(invocation: Invocation): NonNullable<AgentChanges["limits"]> {
  const maxTurns = invocation.integer("max-turns");
  const maxToolCalls = invocation.integer("max-tool-calls");
  const timeMs = invocation.durationMs("max-time");
  return {
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(maxToolCalls === undefined ? {} : { maxToolCalls }),
    ...(timeMs === undefined ? {} : { timeoutSeconds: Math.ceil(timeMs / 1_000) }),
  };
}

/** The values of a repeated flag; an empty one stands for none. */
export function given(invocation: Invocation, flag: string): string[] {
  return invocation.texts(flag).filter((text) => text !== "");
}

/** `SERVER` or `SERVER:TOOL,TOOL`. */
function parseServerReference(text: string): AgentMcpServer {
  const [server = "", tools = ""] = text.split(/:(.*)/s);
  return create(AgentMcpServerSchema, {
    server: { case: "ref", value: server },
    enabledTools: tools.split(",").filter((tool) => tool !== ""),
  });
}
