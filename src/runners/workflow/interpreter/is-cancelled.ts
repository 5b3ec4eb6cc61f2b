import { contextErrorCodes, ExecutionFailure } from "../../durable/durable-context.ts";
import { BranchCancelled } from "../../durable/release.ts";

/** The execution was cancelled, or the branch lost its race or its time. */
export function isCancelled(thrown: unknown): boolean {
  if (thrown instanceof BranchCancelled) return true;
  return thrown instanceof ExecutionFailure && thrown.code === contextErrorCodes.cancelled;
}
