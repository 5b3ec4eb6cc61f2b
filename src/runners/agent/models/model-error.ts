import { StigmerError } from "../../../contract/errors.ts";
import type { ModelReference } from "../../../contract/model-reference.ts";
import { hintFor } from "./model-error-hint.ts";
import { modelErrorReasons, type ModelErrorReason } from "./model-error-reason.ts";

/** A failed call as it is journaled. The message holds neither key nor prompt. */
export interface ModelFailure {
  readonly reason: ModelErrorReason;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  /** How long the provider asked to wait. */
  readonly retryAfterMs?: number;
  /** HTTP status, where there was one. */
  readonly status?: number;
  readonly provider: string;
  readonly model: string;
}

export interface ModelErrorDetails {
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  /** The provider said that this request must not be sent again. */
  readonly doNotRetry?: boolean | undefined;
  readonly hint?: string | undefined;
}

export class ModelError extends StigmerError implements ModelFailure {
  readonly reason: ModelErrorReason;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly status?: number;
  readonly provider: string;
  readonly model: string;
  declare readonly hint: string;

  constructor(
    reason: ModelErrorReason,
    message: string,
    subject: ModelReference,
    details: ModelErrorDetails = {},
  ) {
    super(modelErrorReasons[reason].code, message, {
      hint: details.hint ?? hintFor(reason, subject),
    });
    this.name = "ModelError";
    this.reason = reason;
    this.retryable = modelErrorReasons[reason].retryable && details.doNotRetry !== true;
    this.provider = subject.provider;
    this.model = subject.name;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.status !== undefined) this.status = details.status;
  }

  toJSON(): ModelFailure {
    const { reason, message, hint, retryable, retryAfterMs, status, provider, model } = this;
    return {
      reason,
      message,
      hint,
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(status === undefined ? {} : { status }),
      provider,
      model,
    };
  }
}
