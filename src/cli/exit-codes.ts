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

type ExitCode =
  | (typeof exitCodes)[keyof typeof exitCodes]
  | (typeof exitCodeOf)[keyof typeof exitCodeOf];

/** What each code means to a script: in a word or two, and in full. Help and docs are made from it. */
export const exitCodeMeanings = {
  0: ["done", "Done. `diff` and `--expect-no-changes`: no differences."],
  1: ["failed", "The operation failed, or the execution ended in failure."],
  2: ["usage", "Wrong usage, an invalid value, or input that is needed and not allowed."],
  3: ["differences", "There are differences: `diff`, `--expect-no-changes`."],
  4: ["access", "No or wrong credentials, of a model too, or no permission."],
  5: ["not found", "Something that was named is not there."],
  6: ["conflict", "It exists already, or somebody changed it meanwhile."],
  7: ["no daemon", "The daemon or server cannot be reached, or is of another version."],
  8: ["still running", "Still running, or waiting for a person, when `--wait` was over."],
  9: ["limit", "A limit or budget was reached."],
  10: ["refused", "Refused by policy, or for want of trust."],
  78: ["newer data", "The data folder was written by a newer version."],
  124: ["timeout", "`--timeout`, or the command's own time, passed."],
  129: ["hung up", "The terminal went away (SIGHUP)."],
  130: ["interrupted", "Interrupted by Ctrl-C (SIGINT), or the execution was cancelled."],
  143: ["terminated", "Terminated (SIGTERM)."],
} as const satisfies Record<ExitCode, readonly [word: string, meaning: string]>;

/** Nobody gave access to a model, or the access is refused: a person has to do something. */
const withoutAccess: readonly string[] = ["auth", "credential-missing", "model-unavailable"];

/** Exit code of a command that waited for an execution which ended in failure. */
export function exitCodeOfExecutionError(error: Pick<ExecutionError, "code"> | undefined): number {
  const code = error?.code ?? "";
  if (withoutAccess.includes(code)) return exitCodes.unauthorised;
  if (code.startsWith("limit-")) return exitCodes.limitReached;
  return exitCodes.failed;
}
