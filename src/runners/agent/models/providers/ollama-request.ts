import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import type { ProviderConnection } from "../provider-adapter.ts";
import { showOllamaModel, type OllamaModel } from "./ollama-api.ts";
import { toOllamaMessages, type OllamaMessage } from "./ollama-messages.ts";

/** More would not fit beside the model on many machines; `contextLength` raises it. */
const longestDefaultContext = 32_768;

/** Where a model does not say: what Ollama itself takes for small machines. */
const unknownContext = 4_096;

/** The body of `/api/chat`. Sampling belongs into `options`: at the top level Ollama ignores it. */
export interface OllamaChatRequest {
  readonly model: string;
  readonly messages: readonly OllamaMessage[];
  readonly stream: true;
  readonly truncate: false;
  readonly shift: false;
  readonly keep_alive?: string | number;
  readonly think?: boolean | string;
  readonly tools?: readonly unknown[];
  /** A JSON Schema: no other token can be chosen, which rules out calls of tools. */
  readonly format?: unknown;
  readonly options: OllamaOptions & { readonly num_ctx: number };
}

interface OllamaOptions {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly num_predict?: number;
}

/**
 * The context size is always sent: by default Ollama cuts prompts to a few thousand tokens without
 * a word. `truncate` and `shift` make a newer Ollama refuse what does not fit, so that the
 * conversation can be shortened on purpose.
 */
export async function toOllamaRequest(
  model: string,
  options: LanguageModelV4CallOptions,
  connection: ProviderConnection,
): Promise<OllamaChatRequest> {
  const { contextLength, keepAlive } = connection.settings;
  const isAsked = contextLength === undefined || options.reasoning !== undefined;
  const known = isAsked ? await showOllamaModel(connection, model) : undefined;
  return {
    model,
    messages: toOllamaMessages(options.prompt),
    stream: true,
    truncate: false,
    shift: false,
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
    ...thinkOf(options.reasoning, known),
    ...toolsOf(options.tools),
    ...formatOf(options.responseFormat),
    options: { num_ctx: contextLength ?? defaultContext(known), ...samplingOf(options) },
  };
}

function defaultContext(known: OllamaModel | undefined): number {
  return Math.min(known?.contextLength ?? unknownContext, longestDefaultContext);
}

function samplingOf(options: LanguageModelV4CallOptions): OllamaOptions {
  const { temperature, topP, maxOutputTokens } = options;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxOutputTokens === undefined ? {} : { num_predict: maxOutputTokens }),
  };
}

/** Ollama refuses to let a model think that cannot, so the wish is only passed on where it can. */
function thinkOf(
  effort: LanguageModelV4CallOptions["reasoning"],
  known: OllamaModel | undefined,
): Pick<OllamaChatRequest, "think"> {
  if (effort === undefined || effort === "provider-default" || known?.canThink !== true) return {};
  if (!known.hasThinkLevels) return { think: effort !== "none" };
  return { think: levelOf[effort] };
}

const levelOf = {
  none: "low",
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
  max: "high",
} as const;

function formatOf(
  format: LanguageModelV4CallOptions["responseFormat"],
): Pick<OllamaChatRequest, "format"> {
  return format?.type === "json" && format.schema !== undefined ? { format: format.schema } : {};
}

function toolsOf(tools: LanguageModelV4CallOptions["tools"]): Pick<OllamaChatRequest, "tools"> {
  const functions = (tools ?? []).filter((tool) => tool.type === "function");
  if (functions.length === 0) return {};
  return {
    tools: functions.map(({ name, description, inputSchema }) => ({
      type: "function",
      function: { name, description, parameters: inputSchema },
    })),
  };
}
