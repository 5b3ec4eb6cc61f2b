import type { Json } from "../../contract/json.ts";
import {
  type StandardError,
  standardErrorType,
  standardStatus,
} from "../../workflow/definition/error.ts";

/** An error of a workflow, in the form of RFC 9457. */
export interface WorkflowErrorValue {
  readonly type: string;
  readonly status: number;
  readonly title?: string;
  readonly detail?: string;
  /** JSON pointer of the task that failed. */
  readonly instance?: string;
  /** Ours: how long the other side asked to wait (`Retry-After`), in milliseconds. */
  readonly retryAfterMs?: number;
}

/** `code` of what is recorded of a {@link WorkflowFailure}. */
export const workflowFailureCode = "workflow";

/** A task failed with an error that the workflow can catch. Survives a journal: see `code` and `details`. */
export class WorkflowFailure extends Error {
  readonly code = workflowFailureCode;
  readonly details: { readonly [name: string]: Json };

  constructor(error: WorkflowErrorValue) {
    super(error.detail ?? error.title ?? error.type);
    this.name = "WorkflowFailure";
    this.details = { ...error };
  }

  get error(): WorkflowErrorValue {
    return this.details as unknown as WorkflowErrorValue;
  }
}

/** One of the errors that the specification names. */
export function standardFailure(
  name: StandardError,
  detail: string,
  more: Partial<WorkflowErrorValue> = {},
): WorkflowFailure {
  const type = standardErrorType(name);
  return new WorkflowFailure({ type, status: standardStatus[name], detail, ...more });
}
