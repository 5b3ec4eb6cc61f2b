import { toJson } from "@bufbuild/protobuf";
import { Database } from "bun:sqlite";
import type { Channel } from "../../src/contract/channel.ts";
import type { AgentExecution } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import {
  type AgentMessage,
  type MessagePart,
  MessagePartSchema,
} from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { AgentExecutionQueryController } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import {
  ExecutionPhase,
  type Usage,
  UsageSchema,
} from "../../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { rowName } from "./journal-appends.ts";

/** What two runs of one scenario must have in common: everything but ids and times. */
export interface RunSummary {
  readonly phase: string;
  readonly output: string;
  readonly error: string;
  readonly turns: number;
  readonly toolCalls: number;
  readonly usage: unknown;
  readonly messages: readonly MessageSummary[];
}

export interface MessageSummary {
  readonly sequence: number;
  readonly role: number;
  readonly parts: readonly PartSummary[];
  readonly usage: unknown;
  readonly finishReason: string;
}

/** Parts of other kinds are compared too, and not looked into. */
export interface PartSummary {
  readonly toolCall?: { readonly callId: string; readonly arguments: string };
  readonly toolResult?: {
    readonly callId: string;
    readonly isError?: boolean;
    readonly content: readonly { readonly text: string }[];
  };
}

export async function summarize(channel: Channel, id: string): Promise<RunSummary> {
  const { status } = await channel.unary(AgentExecutionQueryController.method.get, { value: id });
  const { items } = await channel.unary(AgentExecutionQueryController.method.listMessages, {
    id,
    pageSize: 1_000,
  });
  return { ...statusOf(status), messages: withScenarioIds(items.map(messageOf)) };
}

/** Ids of calls depend on all that was said before; the scenario's own ids do not. */
function withScenarioIds(messages: readonly MessageSummary[]): MessageSummary[] {
  const calls = messages.flatMap(({ parts }) => parts.flatMap(({ toolCall }) => toolCall ?? []));
  const ids = new Map(calls.map(({ callId, arguments: json }) => [callId, idIn(json)]));
  return messages.map((message) => ({
    ...message,
    parts: message.parts.map(({ toolCall, toolResult, ...part }) => ({
      ...part,
      ...(toolCall && { toolCall: { ...toolCall, callId: idIn(toolCall.arguments) } }),
      ...(toolResult && {
        toolResult: { ...toolResult, callId: ids.get(toolResult.callId) ?? "of no call" },
      }),
    })),
  }));
}

function idIn(json: string): string {
  return (JSON.parse(json) as { id: string }).id;
}

/** Names of the rows of an execution's journal, in order. */
export function journalOf(database: string, executionId: string): string[] {
  using db = new Database(database, { readonly: true });
  return db
    .query<{ type: number; key: string }, [string]>(
      "select type, key from journal where execution_id = ? order by seq",
    )
    .all(executionId)
    .map(rowName);
}

function statusOf(status: AgentExecution["status"]): Omit<RunSummary, "messages"> {
  const { phase = 0, output = "", turns = 0, toolCalls = 0 } = status ?? {};
  return {
    phase: ExecutionPhase[phase] ?? "",
    output,
    error: status?.error?.code ?? "",
    turns,
    toolCalls,
    usage: usageOf(status?.usage),
  };
}

function messageOf({ sequence, role, parts, usage, finishReason }: AgentMessage): MessageSummary {
  return {
    sequence: Number(sequence),
    role,
    parts: parts.map(partOf),
    usage: usageOf(usage),
    finishReason,
  };
}

function partOf(part: MessagePart): PartSummary {
  const summary = toJson(MessagePartSchema, part) as PartSummary;
  if (!summary.toolResult) return summary;
  const { callId, isError = false, content } = summary.toolResult;
  return { toolResult: { callId, isError, content } };
}

function usageOf(usage: Usage | undefined): unknown {
  return usage ? toJson(UsageSchema, usage) : undefined;
}
