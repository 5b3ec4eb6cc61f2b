import type { ErrorCode } from "../contract/errors.ts";
import type { ExecutionError } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";

/** Exit codes that are no failure of the command itself. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  different: 3,
  unauthorised: 4,
  stillRunning: 8,
  limitReached: 9,
  timedOut: 124,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** Exit code of a command that failed with this error. */
export const exitCodeOf = {
  usage: 2,
  "invalid-argument": 2,
  "not-found": 5,
  "already-exists": 6,
  conflict: 6,
  "failed-precondition": 1,
  unauthenticated: 4,
  "permission-denied": 4,
  refused: 10,
  "limit-reached": 9,
  "resource-exhausted": 1,
  unavailable: 7,
  incompatible: 7,
  unimplemented: 1,
  "deadline-exceeded": 124,
  cancelled: 130,
  "newer-data": 78,
  "data-loss": 1,
  internal: 1,
} as const satisfies Record<ErrorCode, number>;

/** Exit code of a command that waited for an execution which ended in failure. */
export function exitCodeOfExecutionError(error: Pick<ExecutionError, "code"> | undefined): number {
  const code = error?.code ?? "";
  if (code === "auth" || code === "credential-missing") return exitCodes.unauthorised;
  if (code.startsWith("limit-")) return exitCodes.limitReached;
  return exitCodes.failed;
}
