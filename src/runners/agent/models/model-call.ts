import type {
  JSONSchema7,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
} from "@ai-sdk/provider";
import { AnswerCollector } from "./answer-collector.ts";
import { watchCall, type CallWatch } from "./call-watch.ts";
import { loadProvider } from "./load-provider.ts";
import type { ModelAnswer, ModelEvent, ModelRequest, ToolDefinition } from "./model-request.ts";
import { toPrompt } from "./prompt.ts";
import type { ModelStream, StreamingModel } from "./provider-adapter.ts";
import { connectProvider } from "./provider-connection.ts";
import { refuseUnreadable } from "./refuse-unreadable.ts";
import { toModelError } from "./to-model-error.ts";
import { untilAborted } from "./until-aborted.ts";

/**
 * Sends one request to a model and streams its answer: exactly one attempt. Retries, delays and
 * fallback models are durable steps of the caller (see `retry-delay.ts`).
 *
 * @param onEvent is called synchronously as each piece arrives and must not throw. What it has
 *   received before an error belongs to an answer that does not count.
 * @throws ModelError, never anything else; within a second of `request.signal` being aborted.
 */
export async function callModel(
  request: ModelRequest,
  onEvent: (event: ModelEvent) => void,
): Promise<ModelAnswer> {
  using watch = watchCall(request);
  try {
    watch.signal.throwIfAborted();
    const connection = connectProvider(request, watch);
    const provider = await loadProvider(request.model.provider);
    const model = provider.open(request.model.name, connection);
    await refuseUnreadable(request, model);
    const options = callOptions(request, model, watch);
    const { stream } = await untilAborted(model.doStream(options), watch.signal);
    return await collectAnswer(stream, request, { watch, onEvent });
  } catch (thrown) {
    throw toModelError(thrown, request, watch);
  }
}

interface Listener {
  readonly watch: CallWatch;
  readonly onEvent: (event: ModelEvent) => void;
}

async function collectAnswer(
  stream: ModelStream["stream"],
  request: ModelRequest,
  { watch, onEvent }: Listener,
): Promise<ModelAnswer> {
  const collector = new AnswerCollector(request, onEvent);
  const parts = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await untilAborted(parts.next(), watch.signal);
      if (done) return collector.finish();
      collector.add(value);
    }
  } finally {
    // Not awaited: a provider that ignores its signal must not delay the caller.
    parts.return?.().catch(() => undefined);
  }
}

function callOptions(
  request: ModelRequest,
  model: StreamingModel,
  watch: CallWatch,
): LanguageModelV4CallOptions {
  const { parameters, tools } = request;
  const { temperature, topP, maxOutputTokens, reasoningEffort } = parameters;
  return {
    prompt: toPrompt(request, model.toolResultImages),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(reasoningEffort === undefined ? {} : { reasoning: reasoningEffort }),
    ...(tools.length === 0
      ? {}
      : { tools: tools.map(toFunctionTool), toolChoice: { type: "auto" } }),
    ...responseFormatOf(request, model),
    headers: { "idempotency-key": encodeURI(request.idempotencyKey) },
    abortSignal: watch.signal,
  };
}

function responseFormatOf(
  { outputSchema, tools }: ModelRequest,
  model: StreamingModel,
): Pick<LanguageModelV4CallOptions, "responseFormat"> {
  const isTold = model.outputSchema === "with-tools" || tools.length === 0;
  if (outputSchema === undefined || model.outputSchema === undefined || !isTold) return {};
  return { responseFormat: { type: "json", schema: outputSchema as JSONSchema7, name: "answer" } };
}

function toFunctionTool(tool: ToolDefinition): LanguageModelV4FunctionTool {
  const { name, description, inputSchema } = tool;
  return { type: "function", name, description, inputSchema: inputSchema as JSONSchema7 };
}
