import { createOpenAI } from "@ai-sdk/openai";
import { listModelIds } from "../model-ids.ts";
import { isImage, isImageOrPdf } from "../readable-types.ts";
import type { ProviderAdapter } from "../provider-adapter.ts";

/** Servers behind a custom base URL often want no key, but the library wants a text. */
const noKey = "none";

/**
 * OpenAI over the Responses API; over chat completions where the base URL is somebody else's, since
 * most compatible servers have no Responses API.
 *
 * Nothing is stored at OpenAI: the conversation is ours and travels whole with every call, its
 * reasoning encrypted.
 */
export const openai: ProviderAdapter = {
  open(model, connection) {
    const provider = createOpenAI({
      baseURL: connection.baseUrl,
      apiKey: connection.settings.apiKey ?? noKey,
      fetch: connection.fetch,
    });
    const cacheKey =
      connection.cacheKey === undefined ? {} : { promptCacheKey: connection.cacheKey };
    if (connection.isCustomBaseUrl) {
      const chat = provider.chat(model);
      return {
        toolResultImages: "separate",
        canRead: isImage,
        doStream: (options) => chat.doStream({ ...options, providerOptions: { openai: cacheKey } }),
      };
    }
    const responses = provider.responses(model);
    // Strict schemas are a small part of JSON Schema; anything else would be refused.
    const providerOptions = { openai: { store: false, strictJsonSchema: false, ...cacheKey } };
    return {
      toolResultImages: "inline",
      outputSchema: "with-tools",
      canRead: isImageOrPdf,
      doStream: (options) => responses.doStream({ ...options, providerOptions }),
    };
  },

  async listModels(connection) {
    const authorization = `Bearer ${connection.settings.apiKey ?? noKey}`;
    const ids = await listModelIds(connection, `${connection.baseUrl}/models`, { authorization });
    return ids.map((name) => ({ name }));
  },
};
