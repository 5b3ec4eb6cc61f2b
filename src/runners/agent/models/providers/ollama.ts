import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import { refusal } from "../request-json.ts";
import type { ModelStream, ProviderAdapter, ProviderConnection } from "../provider-adapter.ts";
import { listOllamaModels, ollamaHeaders, ollamaUrl, showOllamaModel } from "./ollama-api.ts";
import { toOllamaRequest, type OllamaChatRequest } from "./ollama-request.ts";
import { readOllamaStream } from "./ollama-stream.ts";

/** What its image library decodes; a PDF never. */
const imageTypes: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"]);

/**
 * Ollama over its own `/api/chat`: its OpenAI endpoint cannot set the context size, and the
 * published libraries for this one report errors in the middle of an answer as success.
 */
export const ollama: ProviderAdapter = {
  open(model, connection) {
    return {
      toolResultImages: "separate",
      outputSchema: "without-tools",
      canRead: async (mediaType) =>
        imageTypes.has(mediaType) && (await showOllamaModel(connection, model)).canSee,
      doStream: async (options) => {
        const request = await toOllamaRequest(model, options, connection);
        return chat(request, connection, options.headers);
      },
    };
  },

  async listModels(connection) {
    return (await listOllamaModels(connection)).map((name) => ({ name }));
  },
};

async function chat(
  request: OllamaChatRequest,
  connection: ProviderConnection,
  headers: LanguageModelV4CallOptions["headers"],
): Promise<ModelStream> {
  const response = await connection.fetch(ollamaUrl(connection, "/api/chat"), {
    method: "POST",
    headers: {
      ...(headers as Record<string, string>),
      ...ollamaHeaders(connection),
      "content-type": "application/json",
    },
    body: JSON.stringify(request),
  });
  if (!response.ok) throw await refusal(response);
  const body = response.body ?? new Blob([]).stream();
  return { stream: readOllamaStream(body, request.options.num_ctx) };
}
