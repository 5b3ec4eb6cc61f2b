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
import type { Terminal } from "../terminal.ts";
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
  switch (reason) {
    case "hung-up":
      return { exitCode: interruption.exitCode ?? exitCodes.done };
    case "waited":
      terminal.say(`Still running after ${formatDuration(limits.waitMs ?? 0)}; it goes on.`);
      terminal.say(`hint: stigmer execution watch ${id}`);
      return { exitCode: exitCodes.stillRunning };
    case "timed-out":
      if (limits.role === "observes") return leave(id, exitCodes.timedOut, terminal);
      await cancel(id, `--timeout ${formatDuration(limits.timeoutMs ?? 0)} passed`, context);
      sayWhereToLook(id, limits, terminal);
      return { exitCode: exitCodes.timedOut };
    default:
      if (limits.role === "observes") {
        return leave(id, interruption.exitCode ?? exitCodes.interrupted, terminal);
      }
      await cancel(id, interruption.received ?? "interrupted", context);
      sayWhereToLook(id, limits, terminal);
      return { exitCode: interruption.exitCode ?? exitCodes.interrupted };
  }
}

function leave(id: string, exitCode: number, terminal: Terminal): CommandResult {
  terminal.say(`Execution ${id} goes on.`);
  return { exitCode };
}

function sayWhereToLook(id: string, { isStandalone }: TurnLimits, terminal: Terminal): void {
  if (!isStandalone) terminal.say(`hint: stigmer execution get ${id}`);
}

async function cancel(id: string, reason: string, context: CommandContext): Promise<void> {
  const { terminal } = context;
  try {
    const { status } = await cancelTurn(id, reason, context);
    const done = status?.phase === ExecutionPhase.EXECUTION_CANCELLED;
    terminal.say(`Execution ${id} ${done ? "is cancelled" : "is being cancelled"} (${reason}).`);
  } catch (thrown) {
    terminal.warn(`execution ${id} could not be cancelled: ${toStigmerError(thrown).message}`);
    terminal.say(`hint: stigmer execution cancel ${id}`);
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
