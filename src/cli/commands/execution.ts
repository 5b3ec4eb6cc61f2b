import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { type StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentExecutionCommandController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import { ExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { followTurn } from "../execute/execute-turn.ts";
import { hasEnded, phaseNamed } from "../execute/execution-phase.ts";
import { finishTurn } from "../execute/finish-turn.ts";
import { runTurn } from "../execute/run-turn.ts";
import { Spinner } from "../execute/spinner.ts";
import { TurnLimits } from "../execute/turn-limits.ts";
import { WatchPrinter } from "../execute/watch-printer.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput, itemOutput } from "../output/item-output.ts";
import { readExecutionRecord } from "../resources/read-record.ts";
import { executionRecordView } from "../resources/execution-description.ts";
import { findExecution } from "../resources/execution-kind.ts";
import { executionView, phaseText } from "../resources/execution-view.ts";
import { listPages } from "../resources/list-resources.ts";
import { resolveSession } from "../resources/session-kind.ts";

export async function listExecutions(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { daemon } = context;
  const given = invocation.text("session");
  const session = given === undefined ? "" : await resolveSession(daemon, given);
  const phases = invocation.texts("phase").map(phaseNamed);
  const kind = { view: executionView, plural: "executions" };
  return await listPages(kind, invocation, {
    context,
    fetch: async (page) => {
      const request = { page, phases, session };
      const list = await daemon.call(ExecutionQueryController.method.list, request);
      const items = list.items.flatMap(({ execution }) =>
        execution.case === "agentExecution" ? [execution.value] : [],
      );
      return { items, nextPageToken: list.nextPageToken };
    },
  });
}

export async function getExecution(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const record = await readExecutionRecord(context.daemon, invocation.argument("EXECUTION"));
  return { output: itemOutput(executionRecordView, record) };
}

export async function watchExecution(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { terminal, preferences } = context;
  using limits = new TurnLimits(invocation, context, "observes");
  const id = await idOf(invocation, context);
  if (terminal.stdoutIsTerminal && preferences.format === "table") {
    return await finishTurn(await followTurn(id, context, limits), { context, limits });
  }
  const printer = new WatchPrinter(terminal, preferences.format);
  const end = await runTurn(id, { context, limits, onEvent: (event) => printer.show(event) });
  return await finishTurn(end, { context, limits });
}

export async function waitForExecution(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  using limits = new TurnLimits(invocation, context, "observes");
  using spinner = new Spinner(context.terminal);
  const id = await idOf(invocation, context);
  spinner.label(`waiting for ${id}`);
  const end = await runTurn(id, { context, limits, onEvent: async () => {} });
  const result = await finishTurn(end, { context, limits });
  if (end.kind !== "ended") return result;
  const sentence = phaseSentence(end.execution);
  return { ...result, output: changeOutput(executionView, [end.execution], () => sentence) };
}

/** Cancels one after the other; the first failure is the command's. */
export async function cancelExecutions(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const cancelled: AgentExecution[] = [];
  const failures: StigmerError[] = [];
  for (const reference of invocation.arguments("EXECUTION")) {
    try {
      cancelled.push(await cancelOne(reference, invocation, context));
    } catch (thrown) {
      failures.push(toStigmerError(thrown));
    }
    context.signal.throwIfAborted();
  }
  const [first, ...others] = failures;
  if (!first) return { output: changeOutput(executionView, cancelled, cancelSentence) };
  for (const execution of cancelled) context.terminal.say(cancelSentence(execution));
  for (const failure of others) context.terminal.error(failure);
  throw first;
}

async function cancelOne(
  reference: string,
  invocation: Invocation,
  context: CommandContext,
): Promise<AgentExecution> {
  const execution = await findExecution(context.daemon, reference);
  const request = {
    id: execution.metadata?.id ?? "",
    reason: invocation.text("reason") ?? "stigmer execution cancel",
  };
  return await context.daemon.call(AgentExecutionCommandController.method.cancel, request);
}

async function idOf(invocation: Invocation, context: CommandContext): Promise<string> {
  const execution = await findExecution(context.daemon, invocation.argument("EXECUTION"));
  return execution.metadata?.id ?? "";
}

function cancelSentence(execution: AgentExecution): string {
  const id = execution.metadata?.id ?? "";
  const { phase } = execution.status ?? {};
  if (!hasEnded(phase)) return `execution ${id} is being cancelled`;
  if (phase === ExecutionPhase.EXECUTION_CANCELLED) return `execution ${id} cancelled`;
  return `execution ${id} had ended before: ${phaseText(phase)}`;
}

function phaseSentence(execution: AgentExecution): string {
  const id = execution.metadata?.id ?? "";
  const { phase } = execution.status ?? {};
  const word = phaseText(phase);
  return hasEnded(phase) ? `execution ${id} ${word}` : `execution ${id} is still ${word}`;
}
