import {
  contextErrorCodes,
  type ExecutionError,
  ExecutionFailure,
  type Settled,
} from "./durable-context.ts";
import type { JournalRow } from "./journal-row.ts";

type EndedRow = Extract<JournalRow, { type: "done" | "failed" | "cancelled" }>;

/** What an operation that ended gives again. Throws when it was cancelled. */
export function settledOf<T>(row: EndedRow): Settled<T> {
  if (row.type === "done") return { kind: "completed", value: row.value as T };
  if (row.type === "failed") return { kind: "failed", error: row.error };
  throw failureOf(row);
}

export function failureOf(row: Exclude<EndedRow, { type: "done" }>): ExecutionFailure {
  return row.type === "failed" ? new ExecutionFailure(row.error) : cancelledFailure(row.reason);
}

export function cancelledFailure(reason: string): ExecutionFailure {
  return new ExecutionFailure({ code: contextErrorCodes.cancelled, message: reason });
}

export function unknownOutcome(): ExecutionError {
  return {
    code: contextErrorCodes.outcomeUnknown,
    message:
      "its runner ended while it ran; it may or may not have happened, and it was not repeated",
  };
}
