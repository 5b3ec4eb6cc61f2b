import { expect, test } from "bun:test";
import { classifyFailure } from "./classify-failure.ts";
import { failureFacts } from "./failure-facts.ts";
import type { ModelErrorReason } from "./model-error-reason.ts";

/** Bodies as the providers document or send them. */
const refusals: readonly [string, number | undefined, unknown, ModelErrorReason][] = [
  [
    "Anthropic, empty account",
    400,
    {
      error: {
        type: "invalid_request_error",
        message: "Your credit balance is too low to access the API.",
      },
    },
    "quota",
  ],
  [
    "Anthropic, overloaded",
    529,
    { error: { type: "overloaded_error", message: "Overloaded" } },
    "overloaded",
  ],
  [
    "Anthropic, too large",
    413,
    { error: { type: "request_too_large", message: "Request exceeds the maximum size" } },
    "context-overflow",
  ],
  [
    "OpenAI, no quota",
    429,
    { error: { code: "insufficient_quota", message: "You exceeded your current quota" } },
    "quota",
  ],
  [
    "OpenAI, too long",
    400,
    { error: { code: "context_length_exceeded", message: "too many" } },
    "context-overflow",
  ],
  [
    "OpenAI, no access to the model",
    403,
    { error: { code: "model_not_found", message: "no access" } },
    "model-not-found",
  ],
  [
    "OpenAI, policy",
    400,
    { error: { code: "content_policy_violation", message: "no" } },
    "content-filter",
  ],
  [
    "OpenAI, in the stream",
    undefined,
    { error: { type: "rate_limit_exceeded", message: "slow" } },
    "rate-limited",
  ],
  [
    "Google, bad key",
    400,
    {
      error: {
        status: "INVALID_ARGUMENT",
        message: "API key not valid.",
        details: [{ reason: "API_KEY_INVALID" }],
      },
    },
    "auth",
  ],
  [
    "Google, per minute",
    429,
    {
      error: {
        status: "RESOURCE_EXHAUSTED",
        message: "quota",
        details: [{ violations: [{ quotaId: "RequestsPerMinutePerProject" }] }],
      },
    },
    "rate-limited",
  ],
  [
    "Google, per day",
    429,
    {
      error: {
        status: "RESOURCE_EXHAUSTED",
        message: "quota",
        details: [{ violations: [{ quotaId: "RequestsPerDayPerProject" }] }],
      },
    },
    "quota",
  ],
  [
    "Google, too long",
    400,
    {
      error: {
        status: "INVALID_ARGUMENT",
        message: "The input token count (1200000) exceeds the maximum number of tokens allowed",
      },
    },
    "context-overflow",
  ],
  ["Ollama, unknown model", 404, { error: "model 'x' not found" }, "model-not-found"],
  ["Ollama, busy", 503, { error: "server busy, please try again" }, "overloaded"],
  [
    "Ollama, nested",
    400,
    {
      error:
        '{"error":{"code":400,"type":"exceed_context_size_error","message":"request (8889 tokens) does not fit"}}',
    },
    "context-overflow",
  ],
  [
    "Ollama, runner died",
    undefined,
    { error: "model runner has unexpectedly stopped" },
    "provider",
  ],
  [
    "llama.cpp",
    400,
    { error: { message: "the request exceeds the available context size" } },
    "context-overflow",
  ],
  ["FastAPI", 422, { detail: "field required" }, "invalid-request"],
  ["a proxy", 502, undefined, "provider"],
  ["a proxy in time trouble", 504, undefined, "timeout"],
  ["out of credits", 402, { error: { message: "Insufficient credits" } }, "quota"],
];

test.each(refusals)("%s (%p)", (_name, statusCode, body, reason) => {
  const responseBody = body === undefined ? "<html>" : JSON.stringify(body);
  expect(classifyFailure(failureFacts({ statusCode, responseBody, message: "" }))).toBe(reason);
});

test("the words of the provider survive bodies that its library does not know", () => {
  const responseBody = JSON.stringify({ error: "model 'x' not found" });
  const facts = failureFacts({ statusCode: 404, message: "Not Found", responseBody });
  expect(facts.message).toBe("model 'x' not found");
});

test.each([
  ["seconds", { "retry-after": "2" }, 2_000],
  ["milliseconds, which are finer", { "retry-after": "2", "retry-after-ms": "1500" }, 1_500],
  ["nothing readable", { "retry-after": "soon" }, undefined],
])("Retry-After in %s", (_name, responseHeaders, expected) => {
  expect(failureFacts({ statusCode: 429, responseHeaders }).retryAfterMs).toBe(expected);
});

test("Retry-After as a date", () => {
  const date = new Date(Date.now() + 60_000).toUTCString();
  const { retryAfterMs = 0 } = failureFacts({ responseHeaders: { "retry-after": date } });
  expect(retryAfterMs).toBeGreaterThan(50_000);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);
});

test("Google's RetryInfo", () => {
  const responseBody = JSON.stringify({ error: { details: [{ retryDelay: "34.5s" }] } });
  expect(failureFacts({ responseBody }).retryAfterMs).toBe(34_500);
});

test("a provider can forbid the repetition", () => {
  expect(failureFacts({ responseHeaders: { "x-should-retry": "false" } }).doNotRetry).toBe(true);
});
