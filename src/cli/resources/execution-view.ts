import { toJson } from "@bufbuild/protobuf";
import {
  type AgentExecution,
  AgentExecutionSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { phaseNames } from "../execute/execution-phase.ts";
import { cyan, green, red, yellow } from "../output/colour.ts";
import type { TextStyle, View } from "../output/output.ts";
import { ageText, spanText } from "../output/time-text.ts";
import { costText, count } from "../output/usage-text.ts";
import { idColumn } from "./metadata-columns.ts";

/** An execution as a row. */
export const executionView: View<AgentExecution> = {
  name: ({ metadata }) => metadata?.id ?? "",
  json: (execution) => toJson(AgentExecutionSchema, execution),
  columns: [
    idColumn,
    { title: "AGENT", value: agentOf },
    { title: "PHASE", value: ({ status }) => phaseText(status?.phase) },
    {
      title: "STARTED",
      value: ({ status }, style) => ageText(status?.audit?.created?.at, style),
      spare: true,
    },
    {
      title: "TOOK",
      value: ({ status }, style) => spanText(status?.startedAt, status?.endedAt, style),
      spare: true,
    },
    { title: "TURNS", value: ({ status }) => String(status?.turns ?? 0), spare: true },
    { title: "TOOLS", value: ({ status }) => String(status?.toolCalls ?? 0), spare: true },
    { title: "TOKENS", value: tokensOf, spare: true },
    {
      title: "MESSAGE",
      value: ({ spec }) => spec?.message ?? "",
      flexible: true,
    },
    { title: "SESSION", value: ({ spec }) => spec?.session ?? "", wide: true },
    { title: "MODEL", value: ({ status }) => status?.model ?? "", wide: true },
    {
      title: "COST",
      value: ({ status }) => (status?.usage ? costText(status.usage) : ""),
      wide: true,
    },
  ],
};

export function phaseText(phase: ExecutionPhase | undefined): string {
  return phaseNames[phase ?? ExecutionPhase.EXECUTION_PHASE_UNSPECIFIED] ?? "unknown";
}

export function colouredPhase(phase: ExecutionPhase | undefined, style: TextStyle): string {
  const text = phaseText(phase);
  switch (phase) {
    case ExecutionPhase.EXECUTION_COMPLETED:
      return green(text, style);
    case ExecutionPhase.EXECUTION_FAILED:
      return red(text, style);
    case ExecutionPhase.EXECUTION_WAITING:
    case ExecutionPhase.EXECUTION_CANCELLED:
      return yellow(text, style);
    default:
      return cyan(text, style);
  }
}

/** The slug of the agent it was pinned to, which the reference in its spec may not show. */
export function agentOf({ spec, status }: AgentExecution): string {
  const pinned = status?.pinned.find(({ kind }) => kind === ApiResourceKind.AGENT);
  return pinned?.slug || (spec?.agent ?? "");
}

function tokensOf({ status }: AgentExecution): string {
  const usage = status?.usage;
  return usage ? count(usage.inputTokens + usage.outputTokens) : "";
}
