import type { JsonValue } from "@bufbuild/protobuf";
import { toStigmerError } from "../../contract/errors.ts";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { jsonTextOf } from "../../json-schema/json-text.ts";
import { formatDuration } from "../../system/duration.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { exitCodes } from "../exit-codes.ts";
import { changeOutput, textOutput } from "../output/item-output.ts";
import { executionView } from "../resources/execution-view.ts";
import { exitCodeOfStatus, reportEnd } from "./execution-end.ts";
import { listMessages } from "./list-messages.ts";
import { cancelTurn, type TurnEnd } from "./run-turn.ts";
import type { StopReason, TurnLimits } from "./turn-limits.ts";
import { messageText } from "./turn-printer.ts";

export interface FinishOptions {
  readonly context: CommandContext;
  readonly limits: TurnLimits;
}

/** Reports how an execution ended, or cancels or leaves it, and gives the command's result. */
export async function finishTurn(end: TurnEnd, options: FinishOptions): Promise<CommandResult> {
  if (end.kind === "stopped") return await stopTurn(end.id, end.reason, options);
  const { execution } = end;
  const { context, limits } = options;
  const { status } = execution;
  if (status) reportEnd(status, context.terminal);
  const timeoutGiven = limits.timeoutMs !== undefined;
  const exitCode = status ? exitCodeOfStatus(status, { timeoutGiven }) : exitCodes.failed;
  return { ...(await documentOf(execution, context)), exitCode };
}

async function stopTurn(
  id: string,
  reason: StopReason,
  { context, limits }: FinishOptions,
): Promise<CommandResult> {
  const { terminal, interruption } = context;
  const ended = { id, limits, context };
  switch (reason) {
    case "hung-up":
      return { exitCode: interruption.exitCode ?? exitCodes.done };
    case "waited":
      terminal.stopped({
        code: "still-running",
        message: `Still running after ${formatDuration(limits.waitMs ?? 0)}; it goes on.`,
        hint: `stigmer execution watch ${id}`,
        executionId: id,
      });
      return { exitCode: exitCodes.stillRunning };
    case "timed-out": {
      const why = `--timeout ${formatDuration(limits.timeoutMs ?? 0)} passed`;
      await leaveOrCancel(ended, { code: "deadline-exceeded", why });
      return { exitCode: exitCodes.timedOut };
    }
    default:
      await leaveOrCancel(ended, {
        code: "cancelled",
        why: interruption.received ?? "interrupted",
      });
      return { exitCode: interruption.exitCode ?? exitCodes.interrupted };
  }
}

interface StoppedTurn {
  readonly id: string;
  readonly limits: TurnLimits;
  readonly context: CommandContext;
}

interface StopCause {
  readonly code: "cancelled" | "deadline-exceeded";
  readonly why: string;
}

/** Only what a command started itself ends with it. */
async function leaveOrCancel(turn: StoppedTurn, { code, why }: StopCause): Promise<void> {
  const { id, limits, context } = turn;
  const { terminal } = context;
  if (limits.role === "observes") {
    terminal.stopped({ code, message: `Execution ${id} goes on.`, executionId: id });
    return;
  }
  const { message, hint } = await cancel(id, why, context);
  const look = limits.isStandalone ? undefined : `stigmer execution get ${id}`;
  terminal.stopped({ code, message, hint: hint ?? look, executionId: id });
}

/** Cancels it and says what became of that. */
async function cancel(id: string, why: string, context: CommandContext) {
  try {
    const { status } = await cancelTurn(id, why, context);
    const done = status?.phase === ExecutionPhase.EXECUTION_CANCELLED;
    return { message: `Execution ${id} ${done ? "is cancelled" : "is being cancelled"} (${why}).` };
  } catch (thrown) {
    const { message } = toStigmerError(thrown);
    return {
      message: `Execution ${id} could not be cancelled (${why}): ${message}`,
      hint: `stigmer execution cancel ${id}`,
    };
  }
}

/** Where text was streamed nothing is left to print; other formats print the execution. */
async function documentOf(
  execution: AgentExecution,
  context: CommandContext,
): Promise<CommandResult> {
  const { format } = context.preferences;
  if (format === "jsonl") return {};
  if (format === "table" || format === "wide") return await answerOf(execution, context);
  return { output: changeOutput(executionView, [execution], ({ metadata }) => metadata?.id ?? "") };
}

/** An answer that satisfies a schema is one document, which was not streamed. */
async function answerOf(
  { metadata, status }: AgentExecution,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const isAnswered = status?.phase === ExecutionPhase.EXECUTION_COMPLETED;
  if (!isAnswered || !status.structuredOutput) return {};
  const text = status.outputTruncated
    ? await wholeAnswer(metadata?.id ?? "", daemon)
    : status.output;
  return { output: textOutput(`${text}\n`, JSON.parse(text) as JsonValue) };
}

/** The status repeats a long answer only in part. */
async function wholeAnswer(id: string, daemon: CommandContext["daemon"]): Promise<string> {
  const last = (await listMessages(daemon, id)).at(-1);
  return last ? jsonTextOf(messageText(last)) : "";
}
