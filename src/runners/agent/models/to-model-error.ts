import { StigmerError } from "../../../contract/errors.ts";
import { modelProviders } from "../../../contract/model-providers.ts";
import type { ModelReference } from "../../../contract/model-reference.ts";
import type { CallEnd, CallWatch } from "./call-watch.ts";
import { classifyFailure } from "./classify-failure.ts";
import { failureFacts } from "./failure-facts.ts";
import { ModelError } from "./model-error.ts";
import type { ProviderSettings } from "./model-request.ts";

export interface FailedCall {
  readonly model: ModelReference;
  readonly settings: ProviderSettings;
}

const longestMessage = 500;

/**
 * Whatever broke a call, as a ModelError. What the watch saw goes first, since libraries wrap it.
 *
 * The thrown error is not kept as the cause: the libraries attach the whole request to it.
 */
export function toModelError(thrown: unknown, call: FailedCall, watch: CallWatch): ModelError {
  if (watch.end !== undefined) return endedCall(watch.end, call.model);
  if (thrown instanceof ModelError) return thrown;
  if (thrown instanceof StigmerError) return ownRefusal(thrown, call.model);
  const format = formatErrors[nameOf(thrown)];
  if (format !== undefined) return new ModelError(format.reason, format.message, call.model);
  return refusedCall(thrown, call);
}

/** Of the scripted model: no such script, or no turn that fits. */
function ownRefusal({ code, message, hint }: StigmerError, model: ModelReference): ModelError {
  const reason = code === "not-found" ? "model-not-found" : "invalid-request";
  return new ModelError(reason, message, model, { hint });
}

function refusedCall(thrown: unknown, { model, settings }: FailedCall): ModelError {
  const { title } = modelProviders[model.provider];
  const facts = failureFacts(thrown);
  const words = withoutSecret(facts.message, settings.apiKey).slice(0, longestMessage);
  const status = facts.status === undefined ? "" : ` (HTTP ${facts.status})`;
  return new ModelError(
    classifyFailure(facts),
    `${title}: ${words || "no reason given"}${status}`,
    model,
    facts,
  );
}

function endedCall(end: CallEnd, model: ModelReference): ModelError {
  const { title } = modelProviders[model.provider];
  if (end.kind === "aborted")
    return new ModelError("aborted", "The model call was cancelled.", model);
  if (end.kind === "silent") {
    const what = end.answering ? "stopped in the middle of its answer" : "did not answer";
    return new ModelError("timeout", `${title} ${what} for ${end.limitMs} ms.`, model);
  }
  const code = codeOf(end.cause);
  return end.answering
    ? new ModelError("interrupted", `The connection to ${title} was lost${code}.`, model)
    : new ModelError("network", `${title} cannot be reached${code}.`, model);
}

/** Errors of the libraries whose own messages would quote the conversation. */
const formatErrors: Readonly<
  Record<string, { reason: "bad-output" | "invalid-request"; message: string } | undefined>
> = {
  SyntaxError: { reason: "bad-output", message: "The answer is not valid JSON." },
  ZodError: { reason: "bad-output", message: "The answer has an unknown shape." },
  AI_JSONParseError: { reason: "bad-output", message: "The answer is not valid JSON." },
  AI_TypeValidationError: { reason: "bad-output", message: "The answer has an unknown shape." },
  AI_InvalidResponseDataError: { reason: "bad-output", message: "The answer is inconsistent." },
  AI_EmptyResponseBodyError: { reason: "bad-output", message: "The answer is empty." },
  AI_InvalidPromptError: {
    reason: "invalid-request",
    message: "The provider cannot represent this conversation.",
  },
  AI_UnsupportedFunctionalityError: {
    reason: "invalid-request",
    message: "The provider does not support a feature that this conversation needs.",
  },
};

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : "";
}

function codeOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? ` (${code})` : "";
}

function withoutSecret(text: string, secret: string | undefined): string {
  return secret ? text.replaceAll(secret, "[key]") : text;
}
