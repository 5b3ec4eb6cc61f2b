import { modelProviders, type ModelProvider } from "../../../contract/model-providers.ts";
import type { ModelReference } from "../../../contract/model-reference.ts";
import type { ModelErrorReason } from "./model-error-reason.ts";

/** What a person can do about a failed model call: a command where there is one. */
export function hintFor(reason: ModelErrorReason, subject: ModelReference): string {
  const hint = hints[reason];
  return typeof hint === "string" ? hint : hint(modelProviders[subject.provider], subject.name);
}

type Hint = string | ((provider: ModelProvider, model: string) => string);

const hints: Record<ModelErrorReason, Hint> = {
  auth: signIn,
  "credential-missing": (provider) => `${signIn(provider)} No key yet: ${provider.howToGetOne}.`,
  quota: (provider) =>
    `Check plan and billing of the ${provider.title} account, or use a fallback.`,
  "rate-limited": "Wait, lower the parallelism, or add a fallback model.",
  overloaded: "Try again later, or add a fallback model.",
  "context-overflow": "Shorten the conversation or use a model with a larger context.",
  "model-not-found": (provider, model) =>
    provider.name === "ollama"
      ? `ollama pull ${model}, or see stigmer model list.`
      : `stigmer model list shows what ${provider.title} offers.`,
  "invalid-request": "Check the parameters and tool schemas of the agent against the model.",
  "content-filter": "The provider refused this content; rephrase it or use another model.",
  network: reach,
  timeout: (provider) => `${reach(provider)} A slow model needs a longer timeout.`,
  interrupted: "The answer was cut before its end; run it again.",
  aborted: "The call was cancelled.",
  "bad-output": "Run it again, or use another model.",
  provider: (provider) => `The fault is on the side of ${provider.title}; try again later.`,
};

function signIn(provider: ModelProvider): string {
  const [variable] = provider.credentialVariables;
  const orVariable = variable === undefined ? "" : ` or set ${variable}`;
  return `stigmer model login ${provider.name}${orVariable}.`;
}

function reach(provider: ModelProvider): string {
  if (provider.name === "ollama") {
    return "Is it running? ollama serve, or set OLLAMA_HOST or providers.ollama.baseUrl.";
  }
  return `Check the network and stigmer config get providers.${provider.name}.baseUrl.`;
}
