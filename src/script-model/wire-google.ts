import { z } from "zod";

import { CallMatcher } from "./call-matcher.ts";
import type { ScriptMessage, ScriptToolCall } from "./script-request.ts";
import { serverSentEvent } from "./server-sent-event.ts";
import type { FinishReason, PlanChunk, PlanFailure, TurnPlan } from "./turn-plan.ts";
import type { AnswerWriter, GenerateRoute, Wire, WireCall } from "./wire.ts";
import { argumentsValue, callOf, contentText, readBody } from "./wire-body.ts";

/** Google's Gemini. https://ai.google.dev/api/generate-content */
export const googleWire: Wire = {
  name: "google",
  generate: [route("generateContent", false), route("streamGenerateContent", true)],
  info: [{ method: "GET", path: /^\/v1beta\/models$/, answer: ({ names }) => modelList(names) }],
  errorBody,
};

function route(method: string, stream: boolean): GenerateRoute {
  return {
    path: new RegExp(`^/v1beta/models/(?<model>[^:]+):${method}$`),
    read: (body, groups) => readContents(body, groups["model"] ?? "", stream),
  };
}

const partSchema = z.looseObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  functionCall: z
    .looseObject({ id: z.string().optional(), name: z.string(), args: z.unknown().optional() })
    .optional(),
  functionResponse: z
    .looseObject({
      id: z.string().optional(),
      name: z.string(),
      response: z.record(z.string(), z.unknown()).default({}),
    })
    .optional(),
});

const contentSchema = z.looseObject({
  role: z.enum(["user", "model", "function"]).default("user"),
  parts: z.array(partSchema).min(1),
});

const declarationSchema = z.looseObject({
  name: z.string(),
  parameters: z.unknown().optional(),
  parametersJsonSchema: z.unknown().optional(),
});

const bodySchema = z.looseObject({
  contents: z.array(contentSchema).min(1),
  systemInstruction: z.looseObject({ parts: contentText }).optional(),
  tools: z
    .array(z.looseObject({ functionDeclarations: z.array(declarationSchema).optional() }))
    .nullish(),
});

type Content = z.infer<typeof contentSchema>;

function readContents(raw: unknown, model: string, stream: boolean): WireCall {
  const body = readBody(bodySchema, raw);
  const calls = new CallMatcher();
  const declarations = (body.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);
  return {
    request: {
      model: decodeURIComponent(model),
      system: body.systemInstruction?.parts ?? "",
      messages: body.contents.flatMap((content) => toMessages(content, calls)),
      tools: declarations.map((declaration) => ({
        name: declaration.name,
        inputSchema: declaration.parametersJsonSchema ?? declaration.parameters,
      })),
    },
    stream,
    problems: [],
    answer: (plan) => contentWriter(plan, model),
  };
}

function toMessages({ role, parts }: Content, calls: CallMatcher): ScriptMessage[] {
  const spoken = parts.filter((part) => part.text !== undefined && part.thought !== true);
  const text = spoken.map((part) => part.text).join("\n");
  if (role === "model") {
    const toolCalls = parts.flatMap(({ functionCall: call }) =>
      call ? [calls.call(call.name, call.args, call.id)] : [],
    );
    return [{ role: "assistant", text, toolCalls }];
  }
  const results = parts.flatMap(({ functionResponse: result }): ScriptMessage[] =>
    result
      ? [{ role: "tool", callId: calls.result(result.name, result.id), text: resultText(result) }]
      : [],
  );
  return spoken.length > 0 || results.length === 0 ? [...results, { role: "user", text }] : results;
}

/** Clients put a result's text under different names; anything else is shown as it is. */
function resultText({ response }: { response: Readonly<Record<string, unknown>> }): string {
  const { output, result, content, error } = response;
  const value = output ?? result ?? content ?? error;
  return typeof value === "string" ? value : JSON.stringify(value ?? response);
}

const finishNames: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  "tool-calls": "STOP",
  "content-filter": "SAFETY",
};

function contentWriter(plan: TurnPlan, model: string): AnswerWriter {
  const response = (parts: readonly object[], finishReason?: string): object => ({
    candidates: [{ content: { role: "model", parts }, finishReason, index: 0 }],
    usageMetadata: finishReason === undefined ? undefined : usageOf(plan),
    modelVersion: model,
    responseId: plan.fingerprint,
  });
  const finishReason = isMalformed(plan) ? "MALFORMED_FUNCTION_CALL" : finishNames[plan.finish];

  return {
    streamType: "text/event-stream",
    whole: () => response(wholeParts(plan), finishReason),
    start: () => "",
    chunk: (chunk) => {
      const parts = partsOf(plan, chunk);
      return parts.length > 0 ? serverSentEvent(response(parts)) : "";
    },
    finish: () => serverSentEvent(response([{ text: "" }], finishReason)),
    error: (failure) => serverSentEvent(errorBody(failure)),
  };
}

/** A call is sent when it is whole: this wire has no pieces of arguments. */
function partsOf(plan: TurnPlan, chunk: PlanChunk): object[] {
  if (chunk.kind === "think") return [{ text: chunk.text, thought: true }];
  if (chunk.kind === "text") return [{ text: chunk.text }];
  return chunk.last ? callParts(callOf(plan, chunk)) : [];
}

function wholeParts(plan: TurnPlan): object[] {
  return [
    ...(plan.think ? [{ text: plan.think, thought: true }] : []),
    ...(plan.text ? [{ text: plan.text }] : []),
    ...plan.toolCalls.flatMap(callParts),
  ];
}

/** Gemini never sends arguments that are not an object: it ends the turn with a reason instead. */
function callParts(call: ScriptToolCall): object[] {
  const args = argumentsValue(call);
  return typeof args === "string" ? [] : [{ functionCall: { id: call.id, name: call.name, args } }];
}

function isMalformed(plan: TurnPlan): boolean {
  return plan.toolCalls.some((call) => callParts(call).length === 0);
}

function usageOf({ usage }: TurnPlan): object {
  return {
    promptTokenCount: usage.input,
    cachedContentTokenCount: usage.cacheRead,
    candidatesTokenCount: usage.output - usage.reasoning,
    thoughtsTokenCount: usage.reasoning,
    totalTokenCount: usage.input + usage.output,
  };
}

const statusNames: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

function errorBody({ status: code, type, message, retryAfter }: PlanFailure): unknown {
  const retry = {
    "@type": "type.googleapis.com/google.rpc.RetryInfo",
    retryDelay: `${retryAfter}s`,
  };
  const details = retryAfter === undefined ? undefined : [retry];
  return { error: { code, message, status: type ?? statusNames[code] ?? "UNKNOWN", details } };
}

function modelList(names: readonly string[]): unknown {
  const models = names.map((name) => ({
    name: `models/${name}`,
    displayName: name,
    supportedGenerationMethods: ["generateContent", "streamGenerateContent"],
  }));
  return { models };
}
