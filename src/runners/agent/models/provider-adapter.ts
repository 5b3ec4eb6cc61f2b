import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { CallWatch } from "./call-watch.ts";
import type { ProviderSettings } from "./model-request.ts";

/** What a provider file implements: one model call, and the list of what there is to call. */
export interface ProviderAdapter {
  open(model: string, connection: ProviderConnection): StreamingModel;
  /** What there is, without what the provider says cannot chat. */
  listModels(connection: ProviderConnection): Promise<readonly ListedModel[]>;
}

export interface ProviderConnection {
  readonly settings: ProviderSettings;
  /** The configured or the default base URL, without a trailing slash. Empty: there is none. */
  readonly baseUrl: string;
  /** Whether `baseUrl` is another one than the provider's own. */
  readonly isCustomBaseUrl: boolean;
  /** Bound to the limits of this call. */
  readonly fetch: typeof fetch;
  readonly watch: CallWatch;
  /** Same for every call of one conversation. */
  readonly cacheKey: string | undefined;
  /** From 1. */
  readonly attempt: number;
}

/**
 * The stream of one call in the provider interface of the AI SDK. Only this interface is used, not
 * the SDK's own loop: that one prints prompts when no error handler is given, sends a model named
 * by a string to a gateway, repeats requests, and runs tools, none of which a journaled call wants.
 */
export interface StreamingModel {
  /** `separate`: this wire has no images inside tool results, they follow as a user message. */
  readonly toolResultImages: "inline" | "separate";
  /**
   * When the provider is told the output schema besides the instructions. Most cannot be held to a
   * schema and call tools in the same request; absent: never.
   */
  readonly outputSchema?: "with-tools" | "without-tools";
  /** Whether it reads files of this type in a message of the user; text it always does. */
  readonly canRead: (mediaType: string) => boolean | Promise<boolean>;
  doStream(options: LanguageModelV4CallOptions): PromiseLike<ModelStream>;
}

export interface ModelStream {
  readonly stream: AsyncIterable<LanguageModelV4StreamPart>;
}

export interface ListedModel {
  readonly name: string;
  /** Whether it can call tools; absent when the provider does not say. */
  readonly tools?: boolean;
  /** Tokens; absent when the provider does not say. */
  readonly contextLength?: number;
}
