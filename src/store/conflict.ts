import { StigmerError } from "../contract/errors.ts";
import type { ResourceRow } from "./tables/resource-table.ts";

/** What stood in the way of a write that was refused with `conflict`. */
export type Conflict =
  /** Somebody changed the resource first; the current row says who and when. */
  | { readonly kind: "resource-changed"; readonly current: ResourceRow }
  /** The lease was lost: taken back, given to another runner, or from before a restart. */
  | { readonly kind: "fenced" }
  /** The lease holds, but the journal is longer than the writer believes. */
  | { readonly kind: "sequence"; readonly lastSeq: number }
  /** Somebody moved the schedule on first. */
  | { readonly kind: "schedule-moved" }
  /** The execution cannot be claimed now. */
  | { readonly kind: "not-claimable" }
  /** A signal to consume is not there, or was consumed before. */
  | { readonly kind: "signal-gone"; readonly signalId: number };

/** Carries a {@link Conflict} as the cause of the error, over the border between threads too. */
class ConflictCause {
  constructor(readonly conflict: Conflict) {}
}

export function conflictError(conflict: Conflict, message: string, hint?: string): StigmerError {
  return new StigmerError("conflict", message, {
    ...(hint === undefined ? {} : { hint }),
    cause: new ConflictCause(conflict),
  });
}

/** The conflict that an error reports, or `undefined` when it is about something else. */
export function conflictOf(error: unknown): Conflict | undefined {
  if (!(error instanceof StigmerError) || !(error.cause instanceof ConflictCause)) return undefined;
  return error.cause.conflict;
}
