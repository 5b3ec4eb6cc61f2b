/**
 * The one error of the project and its closed set of codes.
 *
 * A message says what went wrong and with which value; a hint says what to do next. Codes are
 * translated once at each border: to a gRPC status and back in `contract/grpc-status.ts`, to an exit
 * code in `cli/exit-codes.ts`.
 */
export const errorCodes = [
  "usage",
  "invalid-argument",
  "not-found",
  "already-exists",
  "conflict",
  "failed-precondition",
  "unauthenticated",
  "permission-denied",
  "refused",
  "limit-reached",
  "resource-exhausted",
  "unavailable",
  "incompatible",
  "unimplemented",
  "deadline-exceeded",
  "cancelled",
  "newer-data",
  "data-loss",
  "internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One broken rule of a request: where (`spec.instructions`), which rule, and what was found. */
export interface FieldViolation {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

export interface ErrorDetails {
  /** What the reader can do next: a command where there is one. */
  readonly hint?: string;
  readonly violations?: readonly FieldViolation[];
  readonly requestId?: string;
  readonly cause?: unknown;
}

export class StigmerError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly violations: readonly FieldViolation[];
  readonly requestId: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "StigmerError";
    this.code = code;
    this.hint = details.hint;
    this.violations = details.violations ?? [];
    this.requestId = details.requestId;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Anything thrown as a {@link StigmerError}; what is unknown becomes `internal` and keeps its cause. */
export function toStigmerError(thrown: unknown): StigmerError {
  if (thrown instanceof StigmerError) return thrown;
  return new StigmerError("internal", messageOf(thrown), { cause: thrown });
}
