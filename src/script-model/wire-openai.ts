import { z } from "zod";

import type { ScriptMessage, ScriptToolCall } from "./script-request.ts";
import { serverSentEvent } from "./server-sent-event.ts";
import type { PlanChunk, PlanFailure, TurnPlan } from "./turn-plan.ts";
import type { AnswerWriter, Wire, WireCall } from "./wire.ts";
import { callOf, contentText, readBody } from "./wire-body.ts";

/**
 * OpenAI chat completions, and the many servers that speak it.
 * Thoughts travel as `reasoning_content`, as the compatible servers send them.
 * https://platform.openai.com/docs/api-reference/chat
 */
export const openaiWire: Wire = {
  name: "openai",
  generate: [{ path: /^(?:\/v1)?\/chat\/completions$/, read: readChat }],
  info: [{ method: "GET", path: /^(?:\/v1)?\/models$/, answer: ({ names }) => modelList(names) }],
  errorBody,
};

const toolCallSchema = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

const messageSchema = z.discriminatedUnion("role", [
  z.looseObject({ role: z.enum(["system", "developer"]), content: contentText }),
  z.looseObject({ role: z.literal("user"), content: contentText }),
  z.looseObject({
    role: z.literal("assistant"),
    content: contentText,
    tool_calls: z.array(toolCallSchema).nullish(),
  }),
  z.looseObject({ role: z.literal("tool"), tool_call_id: z.string(), content: contentText }),
]);

const bodySchema = z.looseObject({
  model: z.string(),
  messages: z.array(messageSchema).min(1),
  tools: z
    .array(
      z.looseObject({
        type: z.literal("function"),
        function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }),
      }),
    )
    .nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
});

type Body = z.infer<typeof bodySchema>;
type WireMessage = z.infer<typeof messageSchema>;

function readChat(raw: unknown): WireCall {
  const body = readBody(bodySchema, raw);
  return {
    request: {
      model: body.model,
      system: systemText(body.messages),
      messages: body.messages.flatMap(toMessage),
      tools: (body.tools ?? []).map((tool) => ({
        name: tool.function.name,
        inputSchema: tool.function.parameters,
      })),
    },
    stream: body.stream ?? false,
    problems: [],
    answer: (plan) => chatWriter(plan, body),
  };
}

function systemText(messages: readonly WireMessage[]): string {
  return messages
    .filter(({ role }) => role === "system" || role === "developer")
    .map(({ content }) => content)
    .join("\n\n");
}

function toMessage(message: WireMessage): ScriptMessage[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", text: message.content }];
    case "assistant": {
      const toolCalls = (message.tool_calls ?? []).map((call) => ({
        id: call.id,
        ...call.function,
      }));
      return [{ role: "assistant", text: message.content, toolCalls }];
    }
    case "tool":
      return [{ role: "tool", callId: message.tool_call_id, text: message.content }];
    default:
      return [];
  }
}

const finishNames = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
} as const;

function chatWriter(plan: TurnPlan, body: Body): AnswerWriter {
  const head = { id: `chatcmpl-${plan.fingerprint}`, created: nowInSeconds(), model: body.model };
  const event = (delta: object, finish: string | null = null): string =>
    serverSentEvent({
      ...head,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  const usageEvent = (): string =>
    serverSentEvent({
      ...head,
      object: "chat.completion.chunk",
      choices: [],
      usage: usageOf(plan),
    });

  return {
    streamType: "text/event-stream",
    whole: () => ({
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message: wholeMessage(plan), finish_reason: finishNames[plan.finish] }],
      usage: usageOf(plan),
    }),
    start: () => event({ role: "assistant", content: "" }),
    chunk: (chunk) =>
      deltas(plan, chunk)
        .map((delta) => event(delta))
        .join(""),
    finish: () =>
      event({}, finishNames[plan.finish]) +
      (body.stream_options?.include_usage ? usageEvent() : "") +
      "data: [DONE]\n\n",
    error: (failure) => serverSentEvent(errorBody(failure)),
  };
}

function deltas(plan: TurnPlan, chunk: PlanChunk): object[] {
  if (chunk.kind === "think") return [{ reasoning_content: chunk.text }];
  if (chunk.kind === "text") return [{ content: chunk.text }];
  const index = chunk.call;
  const piece = { tool_calls: [{ index, function: { arguments: chunk.piece } }] };
  if (!chunk.first) return [piece];
  const opening = { index, ...wireCall({ ...callOf(plan, chunk), arguments: "" }) };
  return [{ tool_calls: [opening] }, piece];
}

function wholeMessage(plan: TurnPlan): object {
  return {
    role: "assistant",
    content: plan.text || null,
    ...(plan.think ? { reasoning_content: plan.think } : {}),
    ...(plan.toolCalls.length > 0 ? { tool_calls: plan.toolCalls.map(wireCall) } : {}),
  };
}

function wireCall({ id, name, arguments: args }: ScriptToolCall): object {
  return { id, type: "function", function: { name, arguments: args } };
}

function usageOf({ usage }: TurnPlan): object {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(usage.cacheWrite > 0 ? { cache_write_tokens: usage.cacheWrite } : {}),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}

const errorsByStatus: Readonly<Record<number, { type: string; code: string | null }>> = {
  401: { type: "invalid_request_error", code: "invalid_api_key" },
  404: { type: "invalid_request_error", code: "model_not_found" },
  429: { type: "requests", code: "rate_limit_exceeded" },
};

function errorBody(failure: PlanFailure): unknown {
  const usual = errorsByStatus[failure.status] ?? {
    type: failure.status < 500 ? "invalid_request_error" : "server_error",
    code: null,
  };
  const { type = usual.type, code = usual.code, message } = failure;
  return { error: { message, type, param: null, code } };
}

function modelList(names: readonly string[]): unknown {
  const created = nowInSeconds();
  const data = names.map((id) => ({ id, object: "model", created, owned_by: "script" }));
  return { object: "list", data };
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
