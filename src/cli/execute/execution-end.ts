import type { AgentExecutionStatus } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { exitCodeOfExecutionError, exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

/** Exit code of a command that waited for this execution. */
export function exitCodeOfStatus(
  status: AgentExecutionStatus,
  { timeoutGiven }: { readonly timeoutGiven: boolean },
): number {
  switch (status.phase) {
    case ExecutionPhase.EXECUTION_COMPLETED:
      return exitCodes.done;
    case ExecutionPhase.EXECUTION_FAILED:
      return timeoutGiven && status.error?.code === "limit-time"
        ? exitCodes.timedOut
        : exitCodeOfExecutionError(status.error);
    case ExecutionPhase.EXECUTION_CANCELLED:
      return exitCodes.interrupted;
    default:
      return exitCodes.stillRunning;
  }
}

/** Says on stderr why an execution did not complete. */
export function reportEnd(status: AgentExecutionStatus, terminal: Terminal): void {
  if (status.phase === ExecutionPhase.EXECUTION_CANCELLED)
    terminal.say("The execution is cancelled.");
  if (status.phase !== ExecutionPhase.EXECUTION_FAILED) return;
  const { code = "internal", message = "The execution failed.", hint = "" } = status.error ?? {};
  terminal.error({ code, message, ...(hint === "" ? {} : { hint }) });
}
