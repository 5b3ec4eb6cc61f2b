import { z } from "zod";

import { StigmerError } from "../contract/errors.ts";
import { CallMatcher } from "./call-matcher.ts";
import type { ScriptMessage, ScriptToolCall } from "./script-request.ts";
import type { FinishReason, PlanChunk, PlanFailure, TurnPlan } from "./turn-plan.ts";
import type { AnswerWriter, KnownModels, Wire, WireCall } from "./wire.ts";
import { argumentsValue, callOf, readBody } from "./wire-body.ts";

/** Ollama's own interface. https://github.com/ollama/ollama/blob/main/docs/api.md */
export const ollamaWire: Wire = {
  name: "ollama",
  generate: [{ path: /^\/api\/chat$/, read: readChat }],
  info: [
    { method: "GET", path: /^\/api\/version$/, answer: () => ({ version: "0.12.0" }) },
    { method: "GET", path: /^\/api\/tags$/, answer: ({ names }) => tags(names) },
    { method: "POST", path: /^\/api\/show$/, answer: show },
  ],
  errorBody,
};

/** Tokens a scripted model says it can take. */
const contextLength = 131_072;

const messageSchema = z.looseObject({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string().default(""),
  tool_calls: z
    .array(
      z.looseObject({
        id: z.string().optional(),
        function: z.looseObject({ name: z.string(), arguments: z.unknown().optional() }),
      }),
    )
    .nullish(),
  tool_name: z.string().optional(),
  tool_call_id: z.string().optional(),
});

const bodySchema = z.looseObject({
  model: z.string(),
  messages: z.array(messageSchema).min(1),
  tools: z
    .array(
      z.looseObject({
        function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }),
      }),
    )
    .nullish(),
  /** Ollama streams unless told otherwise. */
  stream: z.boolean().default(true),
});

type WireMessage = z.infer<typeof messageSchema>;

function readChat(raw: unknown): WireCall {
  const body = readBody(bodySchema, raw);
  const calls = new CallMatcher();
  return {
    request: {
      model: scriptName(body.model),
      system: systemText(body.messages),
      messages: body.messages.flatMap((message) => toMessage(message, calls)),
      tools: (body.tools ?? []).map((tool) => ({
        name: tool.function.name,
        inputSchema: tool.function.parameters,
      })),
    },
    stream: body.stream,
    problems: [],
    answer: (plan) => chatWriter(plan, body.model),
  };
}

/** Ollama adds the tag `latest` to a name without one. */
function scriptName(model: string): string {
  return model.replace(/:latest$/, "");
}

function systemText(messages: readonly WireMessage[]): string {
  const texts = messages.flatMap(({ role, content }) => (role === "system" ? [content] : []));
  return texts.join("\n\n");
}

function toMessage(message: WireMessage, calls: CallMatcher): ScriptMessage[] {
  const { role, content: text } = message;
  if (role === "system") return [];
  if (role === "user") return [{ role, text }];
  if (role === "tool") {
    return [{ role, callId: calls.result(message.tool_name, message.tool_call_id), text }];
  }
  const toolCalls = (message.tool_calls ?? []).map((call) =>
    calls.call(call.function.name, call.function.arguments, call.id),
  );
  return [{ role, text, toolCalls }];
}

const doneReasons: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "stop",
  "content-filter": "stop",
};

function chatWriter(plan: TurnPlan, model: string): AnswerWriter {
  const line = (message: object, rest: object): object => ({
    model,
    created_at: new Date().toISOString(),
    message: { role: "assistant", content: "", ...message },
    ...rest,
  });
  const done = { done: true, done_reason: doneReasons[plan.finish], ...statistics(plan) };

  return {
    streamType: "application/x-ndjson",
    whole: () => line(wholeMessage(plan), done),
    start: () => "",
    chunk: (chunk) => {
      const message = messageOf(plan, chunk);
      return message ? jsonLine(line(message, { done: false })) : "";
    },
    finish: () => jsonLine(line({}, done)),
    error: (failure) => jsonLine(errorBody(failure)),
  };
}

/** A call is sent when it is whole: this wire has no pieces of arguments. */
function messageOf(plan: TurnPlan, chunk: PlanChunk): object | undefined {
  if (chunk.kind === "think") return { thinking: chunk.text };
  if (chunk.kind === "text") return { content: chunk.text };
  return chunk.last ? { tool_calls: [wireCall(callOf(plan, chunk), chunk.call)] } : undefined;
}

function wholeMessage(plan: TurnPlan): object {
  return {
    content: plan.text,
    ...(plan.think ? { thinking: plan.think } : {}),
    ...(plan.toolCalls.length > 0 ? { tool_calls: plan.toolCalls.map(wireCall) } : {}),
  };
}

function wireCall(call: ScriptToolCall, index: number): object {
  return { id: call.id, function: { index, name: call.name, arguments: argumentsValue(call) } };
}

function statistics({ usage }: TurnPlan): object {
  return {
    total_duration: 2_000_000,
    load_duration: 0,
    prompt_eval_count: usage.input,
    prompt_eval_duration: 1_000_000,
    eval_count: usage.output,
    eval_duration: 1_000_000,
  };
}

function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function errorBody({ message }: PlanFailure): unknown {
  return { error: message };
}

const details = {
  format: "script",
  family: "script",
  families: ["script"],
  parameter_size: "0B",
  quantization_level: "none",
};

function tags(names: readonly string[]): unknown {
  const models = names.map((name) => ({
    name: `${name}:latest`,
    model: `${name}:latest`,
    modified_at: "2000-01-01T00:00:00Z",
    size: 0,
    digest: "",
    details,
  }));
  return { models };
}

const showSchema = z.looseObject({ model: z.string() });

function show(known: KnownModels, body: unknown): unknown {
  const { model } = readBody(showSchema, body);
  if (!known.has(scriptName(model))) {
    throw new StigmerError("not-found", `model '${model}' not found`);
  }
  return {
    capabilities: ["completion", "tools", "thinking"],
    details,
    model_info: { "general.architecture": "script", "script.context_length": contextLength },
    modified_at: "2000-01-01T00:00:00Z",
  };
}
