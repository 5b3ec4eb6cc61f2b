import type { ModelProviderName } from "../../../contract/model-providers.ts";
import type { ProviderAdapter } from "./provider-adapter.ts";

/** The adapter of a provider. Each is loaded when it is first used, with the libraries it needs. */
export function loadProvider(name: ModelProviderName): Promise<ProviderAdapter> {
  return loaders[name]();
}

const loaders: Record<ModelProviderName, () => Promise<ProviderAdapter>> = {
  anthropic: async () => (await import("./providers/anthropic.ts")).anthropic,
  openai: async () => (await import("./providers/openai.ts")).openai,
  google: async () => (await import("./providers/google.ts")).google,
  "openai-compatible": async () =>
    (await import("./providers/openai-compatible.ts")).openaiCompatible,
  ollama: async () => (await import("./providers/ollama.ts")).ollama,
  script: async () => (await import("./providers/script.ts")).script,
};
