import type { Json } from "../../../contract/json.ts";
import type { ModelReference } from "../../../contract/model-reference.ts";
import type { ConversationMessage } from "./conversation.ts";
import type { PriceTable } from "./model-price.ts";

/** One model call: everything the provider is told, and the limits of waiting for it. */
export interface ModelRequest {
  readonly model: ModelReference;
  readonly instructions: string;
  readonly messages: readonly ConversationMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly parameters: ModelParameters;
  /** The answer satisfies it, as the instructions say; sent where the provider can hold to it. */
  readonly outputSchema?: Json;
  /** Sent as `Idempotency-Key`; the same for every attempt at the same call. */
  readonly idempotencyKey: string;
  /** Which attempt at the same call this is, from 1 (default): a script may fail the first ones. */
  readonly attempt?: number;
  /** Same for every call of one conversation: keeps its calls on the same provider-side cache. */
  readonly cacheKey?: string;
  /** From sending the request to the first byte of the answer. Loading a local model counts. */
  readonly firstByteTimeoutMs: number;
  /** Between two chunks of the answer. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly settings: ProviderSettings;
  /** Replaces the network, e.g. to record or replay traffic. */
  readonly transport?: Transport;
}

export type Transport = (url: string, init: RequestInit) => Promise<Response>;

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments; sent as it is. */
  readonly inputSchema: Json;
}

export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

export interface ModelParameters {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  readonly reasoningEffort?: ReasoningEffort;
}

/** Settings of one provider, resolved by the caller: nothing here is read from the environment. */
export interface ProviderSettings {
  /** With or without the version path; a bare `host:port` is accepted for Ollama. */
  readonly baseUrl?: string;
  readonly apiKey?: string;
  /** Ollama: tokens of context to load the model with; default min(the model's, 32768). */
  readonly contextLength?: number;
  /** Ollama: how long the model stays loaded, as Ollama writes it (`10m`, seconds, -1). */
  readonly keepAlive?: string | number;
  /** Script: the file that `script/NAME` is looked up in. */
  readonly scriptFile?: string;
  /** Prices by `provider/model`, before the built-in ones. */
  readonly prices?: PriceTable;
}

export type ModelEvent =
  /** `offset`: UTF-16 units of this kind handed over before in the same call. */
  | { readonly kind: "text" | "reasoning"; readonly offset: number; readonly text: string }
  /** The model has begun to write this call; its arguments come with the answer. */
  | { readonly kind: "tool-call"; readonly name: string; readonly callId: string };

export type FinishReason = "stop" | "tool-calls" | "length" | "content-filter";

export interface ModelAnswer {
  readonly message: ConversationMessage;
  readonly finishReason: FinishReason;
  readonly usage: ModelUsage;
  /** `undefined`: the price of this model, or what it used, is not known. */
  readonly costUsd?: number;
  /** What the provider did not do as asked, e.g. a temperature it does not support. */
  readonly warnings: readonly string[];
}

export interface ModelUsage {
  /** All input, cached or not. */
  readonly inputTokens: number;
  /** All output, reasoning included. */
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}
