import {
  type ModelProviderName,
  modelProviderNames,
  modelProviders,
} from "../../contract/model-providers.ts";
import { type ModelReference, parseModelReference } from "../../contract/model-reference.ts";
import type { Settings } from "../../system/settings.ts";
import { ExecutionFailure } from "../durable/durable-context.ts";
import type { SettingsOfProvider } from "./agent-run.ts";

/** What an agent gets from a provider whose key is there, when nobody named a model. */
const firstChoice: Partial<Record<ModelProviderName, string>> = {
  anthropic: "claude-sonnet-5-5",
  openai: "gpt-6-sol",
  google: "gemini-3.5-flash",
};

/** `provider/model`, or an alias of the settings. Throws `invalid-argument`. */
export function resolveModelName(text: string, settings: Settings): ModelReference {
  return parseModelReference(settings.all("model.aliases.NAME").get(text) ?? text);
}

/**
 * A key that somebody gave comes before an Ollama that happens to run.
 *
 * @throws ExecutionFailure `model-unavailable` with the ways to get one
 */
export async function chooseDefaultModel(
  settingsOf: SettingsOfProvider,
  signal: AbortSignal,
): Promise<ModelReference> {
  for (const provider of modelProviderNames) {
    const name = firstChoice[provider];
    if (name === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- the first that has a key ends the search
    const { apiKey } = await settingsOf(provider);
    if (apiKey !== undefined) return { provider, name };
  }
  const { detectOllama } = await import("./models/detect-ollama.ts");
  const found = await detectOllama({ settings: await settingsOf("ollama"), signal });
  if (found) return found;
  throw new ExecutionFailure({
    code: "model-unavailable",
    message:
      "no model is set, there is no key of a provider, and no Ollama with a model that can call tools answers",
    hint: waysToGetOne(),
  });
}

function waysToGetOne(): string {
  const keys = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"].join(", ");
  return [
    `set ${keys}, or stigmer model login PROVIDER`,
    modelProviders.ollama.howToGetOne,
    "or try it offline: --model script/echo",
  ].join("; ");
}
