import type { ErrorCode } from "../../../contract/errors.ts";

interface ReasonFacts {
  readonly code: ErrorCode;
  /** Whether the same request may succeed when it is simply sent again. */
  readonly retryable: boolean;
}

/**
 * Every way in which a model call fails. `context-overflow` is not retryable as it stands: the
 * conversation must become shorter first. `quota` is not either, although providers answer it with
 * the status of a rate limit: waiting does not bring money.
 */
export const modelErrorReasons = {
  auth: { code: "unauthenticated", retryable: false },
  "credential-missing": { code: "unauthenticated", retryable: false },
  quota: { code: "resource-exhausted", retryable: false },
  "rate-limited": { code: "resource-exhausted", retryable: true },
  overloaded: { code: "unavailable", retryable: true },
  "context-overflow": { code: "limit-reached", retryable: false },
  "model-not-found": { code: "not-found", retryable: false },
  "invalid-request": { code: "invalid-argument", retryable: false },
  "content-filter": { code: "refused", retryable: false },
  network: { code: "unavailable", retryable: true },
  timeout: { code: "deadline-exceeded", retryable: true },
  interrupted: { code: "unavailable", retryable: true },
  aborted: { code: "cancelled", retryable: false },
  "bad-output": { code: "internal", retryable: true },
  provider: { code: "unavailable", retryable: true },
} as const satisfies Record<string, ReasonFacts>;

export type ModelErrorReason = keyof typeof modelErrorReasons;
