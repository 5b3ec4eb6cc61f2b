import { toJson } from "@bufbuild/protobuf";
import { type Agent, AgentSchema } from "../../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import { AgentCommandController } from "../../contract/gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import { AgentQueryController } from "../../contract/gen/ai/stigmer/agentic/agent/v1/query_pb.ts";
import {
  type AgentLimits,
  type AgentMcpServer,
  type ModelParameters,
  ReasoningEffort,
} from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import { formatDuration } from "../../system/duration.ts";
import { renderFields } from "../output/render-fields.ts";
import { timeText } from "../output/time-text.ts";
import {
  idColumn,
  labelsColumn,
  nameColumn,
  pairsText,
  shortRevision,
  updatedColumn,
} from "./metadata-columns.ts";
import { nameOf, type ResourceKind } from "./resource-kind.ts";

export const agentKind: ResourceKind<Agent> = {
  word: "agent",
  plural: "agents",
  list: (daemon, request) => daemon.call(AgentQueryController.method.list, request),
  get: (daemon, reference) =>
    daemon.call(AgentQueryController.method.getByReference, { reference }),
  remove: (daemon, value, options) =>
    daemon.call(AgentCommandController.method.delete, { value }, options),
  view: {
    name: nameOf,
    json: (agent) => toJson(AgentSchema, agent),
    columns: [
      nameColumn,
      { title: "MODEL", value: ({ spec }) => spec?.model || "(default)", flexible: true },
      {
        title: "TOOLS",
        value: ({ spec }) => serversText(spec?.mcpServers),
        flexible: true,
        spare: true,
      },
      {
        title: "DESCRIPTION",
        value: ({ spec }) => spec?.description ?? "",
        flexible: true,
        spare: true,
      },
      updatedColumn,
      { ...idColumn, wide: true },
      labelsColumn,
    ],
    describe: (agent, style) => renderFields(fieldsOf(agent), style),
  },
};

function fieldsOf({ metadata, spec, status }: Agent): (readonly [string, string])[] {
  return [
    ["name", metadata?.name ?? ""],
    ["slug", metadata?.slug ?? ""],
    ["id", metadata?.id ?? ""],
    ["description", spec?.description ?? ""],
    ["model", spec?.model || "(default)"],
    ["fallback models", spec?.fallbackModels.join(", ") ?? ""],
    ["mcp servers", serversText(spec?.mcpServers)],
    ["skills", spec?.skillRefs.join(", ") ?? ""],
    ["environments", spec?.environmentRefs.join(", ") ?? ""],
    ["parameters", parametersText(spec?.parameters)],
    ["limits", limitsText(spec?.limits)],
    ["output schema", spec?.outputSchema ? JSON.stringify(spec.outputSchema) : ""],
    ["labels", pairsText(metadata?.labels ?? {})],
    ["revision", shortRevision(metadata?.revision ?? "")],
    ["created", timeText(status?.audit?.created?.at)],
    ["updated", timeText(status?.audit?.updated?.at)],
    ["instructions", spec?.instructions ?? ""],
  ];
}

/** Those that are set; the provider decides on the others. */
function parametersText(parameters: ModelParameters | undefined): string {
  if (!parameters) return "";
  const { temperature, topP, maxOutputTokens, reasoningEffort } = parameters;
  return [
    temperature === undefined ? "" : `temperature ${temperature}`,
    topP === undefined ? "" : `top-p ${topP}`,
    maxOutputTokens === undefined ? "" : `${maxOutputTokens} output tokens`,
    reasoningEffort === ReasoningEffort.UNSPECIFIED
      ? ""
      : `${ReasoningEffort[reasoningEffort].toLowerCase()} reasoning effort`,
  ]
    .filter((text) => text !== "")
    .join(", ");
}

/** Those that are set; the settings have the others. */
function limitsText(limits: AgentLimits | undefined): string {
  if (!limits) return "";
  const { maxTurns, maxToolCalls, timeoutSeconds, maxParallelTools } = limits;
  return [
    maxTurns === 0 ? "" : `${maxTurns} turns`,
    maxToolCalls === 0 ? "" : `${maxToolCalls} tool calls`,
    timeoutSeconds === 0 ? "" : formatDuration(timeoutSeconds * 1_000),
    maxParallelTools === 0 ? "" : `${maxParallelTools} tools at the same time`,
  ]
    .filter((text) => text !== "")
    .join(", ");
}

/** `files:read_file,list_directory tracker`, as `--mcp` takes them. */
function serversText(servers: readonly AgentMcpServer[] = []): string {
  return servers
    .map(({ server, enabledTools }) => {
      const name = server.case === "inline" ? server.value.name : (server.value ?? "");
      return enabledTools.length === 0 ? name : `${name}:${enabledTools.join(",")}`;
    })
    .join(" ");
}
