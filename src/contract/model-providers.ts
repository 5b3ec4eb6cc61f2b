/**
 * The model providers this build speaks to: what each needs and where its settings come from.
 *
 * Data only, read by the CLI (`model list`, `model login`), the daemon (whose variables travel with
 * an execution) and the agent runner. The order is the order in which a default is looked for.
 */
export interface ModelProvider {
  readonly name: ModelProviderName;
  readonly title: string;
  /** Variables that may hold the key, first match wins. */
  readonly credentialVariables: readonly string[];
  readonly baseUrlVariable: string | undefined;
  /** Where requests go unless a base URL is set; none: a base URL must be set. */
  readonly defaultBaseUrl: string | undefined;
  /** Whether the default base URL refuses a request without a key. */
  readonly needsKey: boolean;
  /** What a person without access does first. */
  readonly howToGetOne: string;
}

export const modelProviderNames = [
  "anthropic",
  "openai",
  "google",
  "openai-compatible",
  "ollama",
  "script",
] as const;

export type ModelProviderName = (typeof modelProviderNames)[number];

export const modelProviders: { readonly [Name in ModelProviderName]: ModelProvider } = {
  anthropic: {
    name: "anthropic",
    title: "Anthropic",
    credentialVariables: ["ANTHROPIC_API_KEY"],
    baseUrlVariable: "ANTHROPIC_BASE_URL",
    defaultBaseUrl: "https://api.anthropic.com",
    needsKey: true,
    howToGetOne: "create a key at https://platform.claude.com/settings/keys",
  },
  openai: {
    name: "openai",
    title: "OpenAI",
    credentialVariables: ["OPENAI_API_KEY"],
    baseUrlVariable: "OPENAI_BASE_URL",
    defaultBaseUrl: "https://api.openai.com/v1",
    needsKey: true,
    howToGetOne: "create a key at https://platform.openai.com/api-keys",
  },
  google: {
    name: "google",
    title: "Google Gemini",
    credentialVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
    baseUrlVariable: "GOOGLE_GEMINI_BASE_URL",
    defaultBaseUrl: "https://generativelanguage.googleapis.com",
    needsKey: true,
    howToGetOne: "create a key at https://aistudio.google.com/apikey",
  },
  "openai-compatible": {
    name: "openai-compatible",
    title: "OpenAI-compatible server",
    credentialVariables: ["OPENAI_COMPATIBLE_API_KEY"],
    baseUrlVariable: "OPENAI_COMPATIBLE_BASE_URL",
    defaultBaseUrl: undefined,
    needsKey: false,
    howToGetOne: "stigmer config set providers.openai-compatible.baseUrl http://HOST:PORT/v1",
  },
  ollama: {
    name: "ollama",
    title: "Ollama",
    credentialVariables: ["OLLAMA_API_KEY"],
    baseUrlVariable: "OLLAMA_HOST",
    defaultBaseUrl: "http://127.0.0.1:11434",
    needsKey: false,
    howToGetOne: "install it from https://ollama.com/download, then: ollama pull qwen3",
  },
  script: {
    name: "script",
    title: "Scripted model (offline)",
    credentialVariables: [],
    baseUrlVariable: undefined,
    defaultBaseUrl: undefined,
    needsKey: false,
    howToGetOne: "built in: script/echo",
  },
};

/** Looks a provider up by a name a person wrote; `undefined` when there is none. */
export function findModelProvider(name: string): ModelProvider | undefined {
  return (modelProviderNames as readonly string[]).includes(name)
    ? modelProviders[name as ModelProviderName]
    : undefined;
}
