import { toStigmerError } from "../../contract/errors.ts";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentExecutionCommandController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import type { AgentExecutionEvent } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { AgentExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { CommandContext } from "../command-context.ts";
import { withDaemonRetry } from "./daemon-retry.ts";
import { followExecution, statusOf } from "./follow-execution.ts";
import type { StopReason, TurnLimits } from "./turn-limits.ts";

/** How the following of an execution ended. */
export type TurnEnd =
  | { readonly kind: "ended"; readonly execution: AgentExecution }
  | { readonly kind: "stopped"; readonly reason: StopReason; readonly id: string };

/** A call after the command was told to stop has this long. */
const lastCallMs = 1_200;

export interface TurnOptions {
  readonly context: CommandContext;
  readonly limits: TurnLimits;
  readonly onEvent: (event: AgentExecutionEvent) => Promise<void>;
}

/**
 * Follows an execution to its end or to the end of this command's time. An execution that waits for
 * a credential gets those of the caller: after a restart of the daemon they are gone from memory.
 */
export async function runTurn(id: string, options: TurnOptions): Promise<TurnEnd> {
  const { context, limits } = options;
  const { daemon, terminal, preferences } = context;
  const events = followExecution({
    id,
    daemon,
    signal: limits.signal,
    onReconnect: () => terminal.notice("The daemon went away; connecting again."),
  });
  const supply = credentialSupply(id, context);
  try {
    for await (const event of events) {
      const waits = statusOf(event)?.phase === ExecutionPhase.EXECUTION_WAITING;
      const supplied = waits && (await supply());
      if (supplied) terminal.notice("Gave it the keys of this command's environment.");
      // A wait that is over already concerns nobody but a reader of every event.
      if (!supplied || preferences.format === "jsonl") await options.onEvent(event);
    }
  } catch (thrown) {
    if (limits.reason === undefined) throw thrown;
    return { kind: "stopped", reason: limits.reason, id };
  }
  return { kind: "ended", execution: await getExecution(id, context) };
}

/** The execution as it is now. */
async function getExecution(id: string, context: CommandContext): Promise<AgentExecution> {
  const { method } = AgentExecutionQueryController;
  return await withDaemonRetry(context, () => context.daemon.call(method.get, { value: id }));
}

/** Asks an execution to end, also after this command itself was told to. */
export async function cancelTurn(
  id: string,
  reason: string,
  { daemon }: CommandContext,
): Promise<AgentExecution> {
  return await daemon.call(
    AgentExecutionCommandController.method.cancel,
    { id, reason },
    { signal: AbortSignal.timeout(lastCallMs), timeoutMs: lastCallMs },
  );
}

/**
 * Lends the caller's credentials to the execution, once after each time that the daemon went away:
 * when it waits again all the same, they were not the missing ones. Tells whether it did.
 */
function credentialSupply(id: string, context: CommandContext): () => Promise<boolean> {
  const { daemon } = context;
  let suppliedOn: unknown;
  return async () => {
    const channel = await daemon.channel();
    if (suppliedOn === channel || !(await daemon.hasCredentialsToLend())) return false;
    try {
      const { method } = AgentExecutionCommandController;
      await daemon.call(method.supplyCredentials, { value: id }, { lendsCredentials: true });
      suppliedOn = channel;
      return true;
    } catch (thrown) {
      const { code } = toStigmerError(thrown);
      if (code === "failed-precondition" || code === "unavailable") return false;
      throw thrown;
    }
  };
}
