import { StigmerError } from "./errors.ts";
import {
  findModelProvider,
  modelProviderNames,
  modelProviders,
  type ModelProviderName,
} from "./model-providers.ts";
import { nearestName } from "./nearest-name.ts";

/** A model as its provider names it: `{ provider: "ollama", name: "qwen3:8b" }`. */
export interface ModelReference {
  readonly provider: ModelProviderName;
  readonly name: string;
}

/**
 * Parses `PROVIDER/MODEL`. Only the first slash separates, so a model name may hold slashes and
 * colons (`openai-compatible/org/model`, `ollama/qwen3:8b`).
 *
 * @throws StigmerError `invalid-argument` that names the nearest provider.
 */
export function parseModelReference(text: string): ModelReference {
  const slash = text.indexOf("/");
  if (slash < 0) throw withoutProvider(text);
  const name = text.slice(slash + 1);
  const provider = findModelProvider(text.slice(0, slash));
  if (provider === undefined) throw unknownProvider(text, text.slice(0, slash));
  if (!/^\S+$/.test(name)) {
    throw invalidReference(text, "names no model", `Write ${provider.name}/MODEL.`);
  }
  return { provider: provider.name, name };
}

export function formatModelReference(model: ModelReference): string {
  return `${model.provider}/${model.name}`;
}

function withoutProvider(text: string): StigmerError {
  const provider = findModelProvider(text);
  const hint =
    provider === undefined
      ? `Write PROVIDER/MODEL, with one of the providers ${modelProviderNames.join(", ")}, or make it an alias: stigmer config set model.aliases.${text || "NAME"} PROVIDER/MODEL.`
      : `Write ${provider.name}/MODEL; stigmer model list shows what ${provider.title} offers.`;
  return invalidReference(text, "has no provider", hint);
}

function unknownProvider(text: string, provider: string): StigmerError {
  const nearest = nearestName(provider, Object.keys(modelProviders));
  const hint =
    nearest === undefined
      ? `The providers are ${modelProviderNames.join(", ")}.`
      : `Did you mean ${nearest}${text.slice(provider.length)}?`;
  return invalidReference(text, `has the unknown provider "${provider}"`, hint);
}

function invalidReference(text: string, problem: string, hint: string): StigmerError {
  return new StigmerError("invalid-argument", `Model reference "${text}" ${problem}.`, { hint });
}
