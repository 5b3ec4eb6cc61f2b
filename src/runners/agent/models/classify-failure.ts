import type { FailureFacts } from "./failure-facts.ts";
import type { ModelErrorReason } from "./model-error-reason.ts";

/**
 * Why a provider refused or broke off. Codes come before statuses, since one status means several
 * things (429: rate limit or no money left; 400: bad request or too long), and the words of a
 * message only decide where a provider has no code for the case.
 */
export function classifyFailure(facts: FailureFacts): ModelErrorReason {
  return rules.find((rule) => rule.matches(facts))?.reason ?? "provider";
}

interface Rule {
  readonly reason: ModelErrorReason;
  matches(facts: FailureFacts): boolean;
}

const hasCode =
  (pattern: RegExp) =>
  (facts: FailureFacts): boolean =>
    facts.codes.some((code) => pattern.test(code));

const hasStatus =
  (...statuses: readonly number[]) =>
  (facts: FailureFacts): boolean =>
    facts.status !== undefined && statuses.includes(facts.status);

const rules: readonly Rule[] = [
  { reason: "quota", matches: hasCode(/insufficient_quota|billing|credits?_|perday/) },
  { reason: "quota", matches: hasStatus(402) },
  // Anthropic answers an empty account with 400 invalid_request_error.
  { reason: "quota", matches: (facts) => /credit balance is too low/i.test(facts.message) },
  { reason: "context-overflow", matches: hasCode(/context_length_exceeded|exceed_context_size/) },
  { reason: "context-overflow", matches: isTooLong },
  { reason: "content-filter", matches: hasCode(/content_?filter|content_policy|safety/) },
  { reason: "model-not-found", matches: hasCode(/model_not_found/) },
  {
    reason: "auth",
    matches: hasCode(/api_key_invalid|invalid_api_key|authentication|unauthenticated/),
  },
  { reason: "auth", matches: hasStatus(401, 403) },
  { reason: "auth", matches: hasCode(/permission/) },
  { reason: "overloaded", matches: hasCode(/overloaded|slow_down|^unavailable$/) },
  { reason: "rate-limited", matches: hasStatus(429) },
  { reason: "rate-limited", matches: hasCode(/rate_limit|resource_exhausted/) },
  { reason: "overloaded", matches: hasStatus(503, 529) },
  { reason: "model-not-found", matches: hasStatus(404) },
  { reason: "model-not-found", matches: hasCode(/not_found/) },
  { reason: "timeout", matches: hasStatus(408, 504) },
  // 409 is a conflict with a concurrent request: a fault of the moment, as providers use it.
  { reason: "provider", matches: hasStatus(409) },
  { reason: "invalid-request", matches: ({ status = 0 }) => status >= 300 && status < 500 },
  { reason: "provider", matches: ({ status = 0 }) => status >= 500 },
  { reason: "invalid-request", matches: hasCode(/invalid_(request|argument)|bad_request/) },
];

const tooLong =
  /too long|maximum context|context (window|length|size)|exceeds? (the )?(limit|maximum).*tokens|token count.*exceeds/i;

/** Ollama answers 500 for a prompt that does not fit, so the status only excludes the others. */
function isTooLong({ status, message }: FailureFacts): boolean {
  if (status === 413) return true;
  return (status === undefined || status === 400 || status === 500) && tooLong.test(message);
}
