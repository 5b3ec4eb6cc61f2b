import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { listModelIds } from "../model-ids.ts";
import { isImage } from "../readable-types.ts";
import type { ProviderAdapter } from "../provider-adapter.ts";

/** Any server that speaks chat completions: vLLM, llama.cpp, LM Studio, gateways, other clouds. */
export const openaiCompatible: ProviderAdapter = {
  open(model, { settings, baseUrl, fetch }) {
    const provider = createOpenAICompatible({
      name: "openai-compatible",
      baseURL: baseUrl,
      includeUsage: true,
      fetch,
      ...(settings.apiKey === undefined ? {} : { apiKey: settings.apiKey }),
    });
    const languageModel = provider.chatModel(model);
    return {
      toolResultImages: "separate",
      canRead: isImage,
      doStream: (options) => languageModel.doStream(options),
    };
  },

  async listModels(connection) {
    const { apiKey } = connection.settings;
    const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const ids = await listModelIds(connection, `${connection.baseUrl}/models`, headers);
    return ids.map((name) => ({ name }));
  },
};
