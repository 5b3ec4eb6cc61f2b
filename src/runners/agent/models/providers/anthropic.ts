import { createAnthropic } from "@ai-sdk/anthropic";
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import { listModelIds } from "../model-ids.ts";
import { isImageOrPdf } from "../readable-types.ts";
import type { ModelStream, ProviderAdapter, ProviderConnection } from "../provider-adapter.ts";

/** Without an explicit limit the library silently caps models it does not know at 4096. */
const defaultMaxOutputTokens = 32_000;

export const anthropic: ProviderAdapter = {
  open(model, connection) {
    const provider = createAnthropic({
      baseURL: versionedUrl(connection),
      apiKey: connection.settings.apiKey ?? "",
      fetch: connection.fetch,
    });
    const languageModel = provider(model);
    return {
      toolResultImages: "inline",
      canRead: isImageOrPdf,
      doStream: async (options) => {
        const { stream } = await languageModel.doStream(prepare(options));
        return { stream: withoutMessageStart(stream) };
      },
    };
  },

  async listModels(connection) {
    const ids = await listModelIds(connection, `${versionedUrl(connection)}/models?limit=1000`, {
      "x-api-key": connection.settings.apiKey ?? "",
      "anthropic-version": "2023-06-01",
    });
    return ids.map((name) => ({ name, tools: true }));
  },
};

/** `ANTHROPIC_BASE_URL` is written without the version path by convention. */
function versionedUrl({ baseUrl }: ProviderConnection): string {
  return /\/v\d+$/.test(baseUrl) ? baseUrl : `${baseUrl}/v1`;
}

/** The library's own record of the first event: nothing that a conversation needs. */
async function* withoutMessageStart(
  stream: ModelStream["stream"],
): AsyncGenerator<LanguageModelV4StreamPart> {
  for await (const part of stream) {
    if (part.type !== "custom" || part.kind !== "anthropic.message_start") yield part;
  }
}

function prepare(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  return {
    ...options,
    maxOutputTokens: options.maxOutputTokens ?? defaultMaxOutputTokens,
    prompt: withCacheControl(options.prompt.map(withValidCallIds)),
    // Streamed arguments come unchecked, and nobody looks at them before they are whole.
    providerOptions: { anthropic: { toolStreaming: false } },
  };
}

/**
 * Caches what the next call repeats: tools and instructions, and the conversation so far. Where the
 * marks stand does not change what is cached before them.
 */
function withCacheControl(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  return prompt.map((message, index) => {
    const isMark = message.role === "system" || index === prompt.length - 1;
    if (!isMark) return message;
    return { ...message, providerOptions: { anthropic: { cacheControl: { type: "ephemeral" } } } };
  });
}

/** Ids made by other providers may hold characters that Anthropic refuses. */
function withValidCallIds(message: LanguageModelV4Message): LanguageModelV4Message {
  if (message.role === "assistant") {
    return { ...message, content: message.content.map(withValidCallId) };
  }
  if (message.role === "tool") {
    return { ...message, content: message.content.map(withValidCallId) };
  }
  return message;
}

function withValidCallId<Part extends object>(part: Part): Part {
  if (!("toolCallId" in part) || typeof part.toolCallId !== "string") return part;
  return { ...part, toolCallId: part.toolCallId.replaceAll(/[^a-zA-Z0-9_-]/g, "_") };
}
