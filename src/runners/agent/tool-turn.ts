import { create } from "@bufbuild/protobuf";
import {
  AgentExecutionEventSchema,
  ToolCallPhase,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import {
  contextErrorCodes,
  type Effect,
  type EffectScope,
  type ExecutionError,
  ExecutionFailure,
  type Settled,
} from "../durable/durable-context.ts";
import type { AgentTurns } from "./agent-turns.ts";
import type { OfferedTool, ToolAnswer } from "./agent-run.ts";
import { limitReached } from "./limit-reached.ts";
import type { ConversationMessage, ToolCallPart, ToolResultPart } from "./models/conversation.ts";
import { reportMessage } from "./report-message.ts";
import { writtenArguments } from "./written-arguments.ts";

/** Calls the tools that one answer asks for, in parallel, and records their results in call order. */
export async function callTools(
  turns: AgentTurns,
  calls: readonly ToolCallPart[],
): Promise<ConversationMessage> {
  const { run } = turns;
  const timeoutMs = turns.deadlineMs - run.context.now();
  if (timeoutMs <= 0) {
    refuseTools(turns, calls, "the time limit was reached");
    throw limitReached("time", Math.round(turns.plan.limits.timeoutMs / 1_000));
  }
  run.status.countToolCalls(calls.length);
  for (const call of calls) reportCall(turns, call, ToolCallPhase.STARTED);
  const effects = calls.map((call) => effectOf(turns, call));
  const settled = await run.context.all("tool", effects, {
    concurrency: turns.plan.limits.maxParallelTools,
    timeoutMs,
  });
  return recordResults(turns, calls, settled);
}

/** Answers calls that are not made, so that the conversation stays one a provider accepts. */
export function refuseTools(
  turns: AgentTurns,
  calls: readonly ToolCallPart[],
  reason: string,
): void {
  const error = { code: "not-called", message: reason };
  recordResults(
    turns,
    calls,
    calls.map(() => ({ kind: "failed", error })),
  );
}

function effectOf(turns: AgentTurns, call: ToolCallPart): Effect<ToolAnswer> {
  const tool = turns.tools.find((offered) => offered.name === call.name);
  const problem = tool === undefined ? unknownTool(turns.tools, call.name) : brokenArguments(call);
  if (problem) return { onUnknown: "retry", run: () => Promise.reject(problem) };
  return {
    onUnknown: tool?.repeatable === true ? "retry" : "fail",
    run: ({ signal }: EffectScope) =>
      turns.run.tools.call({
        name: call.name,
        arguments: call.arguments,
        idempotencyKey: `${turns.run.context.executionId}/turn/${turns.run.status.turns}/${call.callId}`,
        signal,
      }),
  };
}

function recordResults(
  turns: AgentTurns,
  calls: readonly ToolCallPart[],
  settled: readonly Settled<ToolAnswer>[],
): ConversationMessage {
  const toolAnswers = new Map<string, ToolAnswer>();
  const parts = calls.map((call, index): ToolResultPart => {
    const result = settled[index] ?? {
      kind: "failed",
      error: { code: "internal", message: "no result" },
    };
    if (result.kind === "completed") toolAnswers.set(call.callId, result.value);
    reportCall(turns, call, phaseOf(result), result.kind === "failed" ? result.error : undefined);
    return toResultPart(call, result);
  });
  const message: ConversationMessage = { role: "tool", parts };
  reportMessage(turns.run, message, { toolAnswers });
  return message;
}

function toResultPart(call: ToolCallPart, result: Settled<ToolAnswer>): ToolResultPart {
  const { callId, name } = call;
  if (result.kind === "completed") {
    const { isError, content } = result.value;
    return { kind: "tool-result", callId, name, isError, content };
  }
  return {
    kind: "tool-result",
    callId,
    name,
    isError: true,
    content: [{ kind: "text", text: toldToModel(result.error) }],
  };
}

/** What the model reads instead of a result. */
function toldToModel(error: ExecutionError): string {
  if (error.code === contextErrorCodes.outcomeUnknown) return `outcome unknown: ${error.message}`;
  return `${error.code}: ${error.message}`;
}

function phaseOf(result: Settled<ToolAnswer>): ToolCallPhase {
  if (result.kind === "completed") {
    return result.value.isError ? ToolCallPhase.FAILED : ToolCallPhase.COMPLETED;
  }
  return result.error.code === contextErrorCodes.outcomeUnknown
    ? ToolCallPhase.UNKNOWN
    : ToolCallPhase.FAILED;
}

function reportCall(
  turns: AgentTurns,
  call: ToolCallPart,
  phase: ToolCallPhase,
  error?: ExecutionError,
): void {
  const value = {
    callId: call.callId,
    name: call.name,
    arguments: phase === ToolCallPhase.STARTED ? writtenArguments(call) : "",
    phase,
    ...(error === undefined
      ? {}
      : { error: { code: error.code, message: error.message, hint: error.hint ?? "" } }),
  };
  turns.run.context.report(
    create(AgentExecutionEventSchema, { event: { case: "toolCall", value } }),
  );
}

function unknownTool(tools: readonly OfferedTool[], name: string): ExecutionFailure {
  const names = tools.map((tool) => tool.name);
  const nearest = nearestName(name, names);
  const suggestion =
    nearest === undefined ? `there are: ${names.join(", ") || "none"}` : `did you mean ${nearest}?`;
  const message = `there is no tool "${name}"; ${suggestion}`;
  return new ExecutionFailure({ code: "tool-missing", message });
}

function brokenArguments(call: ToolCallPart): ExecutionFailure | undefined {
  if (call.rawArguments === undefined) return undefined;
  const message = `the arguments are not valid JSON: ${call.rawArguments.slice(0, 500)}`;
  return new ExecutionFailure({ code: "tool-arguments", message });
}
