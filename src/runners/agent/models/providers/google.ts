import { createGoogle } from "@ai-sdk/google";
import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import { z } from "zod";
import { isImageOrPdf } from "../readable-types.ts";
import type { ListedModel, ProviderAdapter, ProviderConnection } from "../provider-adapter.ts";
import { requestJson } from "../request-json.ts";

/** Gemini over the Gemini API. */
export const google: ProviderAdapter = {
  open(model, connection) {
    const provider = createGoogle({
      baseURL: versionedUrl(connection),
      apiKey: connection.settings.apiKey ?? "",
      fetch: connection.fetch,
    });
    const languageModel = provider(model);
    return {
      toolResultImages: "inline",
      outputSchema: "without-tools",
      canRead: (mediaType) => isImageOrPdf(mediaType) && mediaType !== "image/gif",
      doStream: (options) => languageModel.doStream(withoutSchema(options)),
    };
  },

  async listModels(connection) {
    const list = await requestJson(connection, `${versionedUrl(connection)}/models?pageSize=1000`, {
      headers: { "x-goog-api-key": connection.settings.apiKey ?? "" },
    });
    return modelList.parse(list).models.filter(canChat).map(toListedModel);
  },
};

/** JSON, but of no schema: Gemini refuses requests with keywords that it does not know. */
function withoutSchema(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  return options.responseFormat?.type === "json"
    ? { ...options, responseFormat: { type: "json" } }
    : options;
}

const modelList = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      inputTokenLimit: z.number().optional(),
      supportedGenerationMethods: z.array(z.string()).optional(),
    }),
  ),
});

type GoogleModel = z.infer<typeof modelList>["models"][number];

function canChat({ supportedGenerationMethods: methods }: GoogleModel): boolean {
  return methods === undefined || methods.includes("generateContent");
}

function toListedModel({ name, inputTokenLimit }: GoogleModel): ListedModel {
  const contextLength = inputTokenLimit === undefined ? {} : { contextLength: inputTokenLimit };
  return { name: name.replace(/^models\//, ""), ...contextLength };
}

/** `GOOGLE_GEMINI_BASE_URL` is written without the version path by convention. */
function versionedUrl({ baseUrl }: ProviderConnection): string {
  return /\/v\d+(alpha|beta)?\d*$/.test(baseUrl) ? baseUrl : `${baseUrl}/v1beta`;
}
