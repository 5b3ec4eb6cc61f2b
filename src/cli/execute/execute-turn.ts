import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentExecutionCommandController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput } from "../output/item-output.ts";
import { executionView } from "../resources/execution-view.ts";
import { newRequestId } from "../resources/request-id.ts";
import { resolveSession } from "../resources/session-kind.ts";
import { withDaemonRetry } from "./daemon-retry.ts";
import type { FileAgent } from "./inline-agent.ts";
import { finishTurn } from "./finish-turn.ts";
import { runTurn } from "./run-turn.ts";
import { TurnLimits } from "./turn-limits.ts";
import { TurnPrinter } from "./turn-printer.ts";
import { uploadAttachments } from "./upload-attachments.ts";
import { type TurnSpec, turnSpec } from "./turn-spec.ts";

export interface Turn {
  /** A stored one by its name, or one of a file. */
  readonly agent: string | FileAgent;
  readonly message: string;
}

/** Starts an execution and shows it to its end, or leaves with its id. */
export async function executeTurn(
  invocation: Invocation,
  context: CommandContext,
  turn: Turn,
): Promise<CommandResult> {
  const { terminal, preferences } = context;
  using limits = new TurnLimits(invocation, context);
  const spec = await specOf(invocation, context, turn);
  const execution = await startTurn(context, spec).catch((thrown: unknown) => {
    throw typeof turn.agent === "string" ? thrown : turn.agent.located(thrown);
  });
  const id = execution.metadata?.id ?? "";
  if (invocation.enabled("detach")) {
    terminal.notice(`Follow it: stigmer execution watch ${id}`);
    return { output: changeOutput(executionView, [execution], () => id) };
  }
  const end = await followTurn(id, context, limits);
  const result = await finishTurn(end, { context, limits });
  const session = execution.spec?.session ?? "";
  const phase = end.kind === "ended" ? end.execution.status?.phase : undefined;
  const isAnswered = phase === ExecutionPhase.EXECUTION_COMPLETED;
  const canGoOn = isAnswered && session !== "" && !invocation.enabled("standalone");
  if (preferences.format !== "table" || !canGoOn) return result;
  const name = execution.spec?.agent ?? "";
  return { ...result, next: `Go on: stigmer agent execute ${name} --session ${session} "…"` };
}

/** Creates the execution; sent again with the same request id it is the same one. */
export async function startTurn(context: CommandContext, spec: TurnSpec): Promise<AgentExecution> {
  const metadata = newRequestId();
  return await withDaemonRetry(context, () =>
    context.daemon.call(
      AgentExecutionCommandController.method.create,
      { metadata: {}, spec },
      { metadata, lendsCredentials: true },
    ),
  );
}

/** Prints while it runs. */
export async function followTurn(id: string, context: CommandContext, limits: TurnLimits) {
  await using printer = new TurnPrinter(context.terminal, context.preferences.format);
  return await runTurn(id, { context, limits, onEvent: (event) => printer.show(event) });
}

async function specOf(
  invocation: Invocation,
  context: CommandContext,
  { agent, message }: Turn,
): Promise<TurnSpec> {
  const session = invocation.text("session");
  // Attached, this command itself cancels at its timeout: the history must not blame the agent.
  const timeoutMs = invocation.enabled("detach") ? invocation.durationMs("timeout") : undefined;
  return {
    ...(await turnSpec(invocation, context)),
    ...(typeof agent === "string" ? { agent } : { inlineAgent: agent.inlineAgent }),
    message,
    attachments: await uploadAttachments(invocation.texts("attach"), context),
    session: session === undefined ? "" : await resolveSession(context.daemon, session),
    timeoutSeconds: timeoutMs === undefined ? 0 : Math.max(1, Math.ceil(timeoutMs / 1_000)),
  };
}
