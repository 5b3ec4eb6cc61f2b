import { createHash } from "node:crypto";

import { z } from "zod";

import {
  AnthropicStream,
  anthropicUsage,
  errorBody,
  stopReasons,
} from "./wire-anthropic-stream.ts";
import type { ScriptMessage } from "./script-request.ts";
import type { TurnPlan } from "./turn-plan.ts";
import type { AnswerWriter, Wire, WireCall } from "./wire.ts";
import { argumentsValue, contentText, readBody } from "./wire-body.ts";

/** Anthropic messages. https://docs.anthropic.com/en/api/messages */
export const anthropicWire: Wire = {
  name: "anthropic",
  generate: [{ path: /^(?:\/v1)?\/messages$/, read: readMessages }],
  info: [
    {
      method: "GET",
      path: /^(?:\/v1)?\/models$/,
      header: "anthropic-version",
      answer: ({ names }) => modelList(names),
    },
  ],
  errorBody,
};

const blockSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text"), text: z.string() }),
  z.looseObject({
    type: z.literal("thinking"),
    thinking: z.string(),
    signature: z.string().optional(),
  }),
  z.looseObject({ type: z.literal("redacted_thinking") }),
  z.looseObject({ type: z.literal("image") }),
  z.looseObject({ type: z.literal("document") }),
  z.looseObject({
    type: z.literal("tool_use"),
    id: z.string(),
    name: z.string(),
    input: z.unknown().optional(),
  }),
  z.looseObject({ type: z.literal("tool_result"), tool_use_id: z.string(), content: contentText }),
]);

const messageSchema = z.looseObject({
  role: z.enum(["user", "assistant"]),
  content: z.union([
    z.string().transform((text) => [{ type: "text" as const, text }]),
    z.array(blockSchema),
  ]),
});

const bodySchema = z.looseObject({
  model: z.string(),
  max_tokens: z.number().int().min(1),
  system: contentText,
  messages: z.array(messageSchema).min(1),
  tools: z
    .array(z.looseObject({ name: z.string(), input_schema: z.unknown().optional() }))
    .nullish(),
  stream: z.boolean().nullish(),
});

type WireMessage = z.infer<typeof messageSchema>;

function readMessages(raw: unknown): WireCall {
  const body = readBody(bodySchema, raw);
  return {
    request: {
      model: body.model,
      system: body.system,
      messages: body.messages.flatMap(toMessages),
      tools: (body.tools ?? []).map((tool) => ({
        name: tool.name,
        inputSchema: tool.input_schema,
      })),
    },
    stream: body.stream ?? false,
    problems: [...body.messages.flatMap(blockProblems), ...orderProblems(body.messages)],
    answer: (plan) => messageWriter(plan, body.model),
  };
}

function toMessages({ role, content }: WireMessage): ScriptMessage[] {
  const text = content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
  if (role === "assistant") {
    const toolCalls = content.flatMap((block) =>
      block.type === "tool_use"
        ? [{ id: block.id, name: block.name, arguments: JSON.stringify(block.input ?? {}) }]
        : [],
    );
    return [{ role, text, toolCalls }];
  }
  const results = content.flatMap((block): ScriptMessage[] =>
    block.type === "tool_result"
      ? [{ role: "tool", callId: block.tool_use_id, text: block.content }]
      : [],
  );
  const speaks = text !== "" || results.length === 0;
  return speaks ? [...results, { role, text }] : results;
}

function blockProblems({ content }: WireMessage): string[] {
  return content.flatMap((block) => {
    if (block.type === "text" && block.text === "")
      return ["Text content blocks must not be empty."];
    if (block.type !== "thinking" || block.signature === signatureOf(block.thinking)) return [];
    return ["The signature of a thinking block is missing or is not the one sent."];
  });
}

function orderProblems(messages: readonly WireMessage[]): string[] {
  return messages[0]?.role === "user" ? [] : ["The first message must have the role user."];
}

/** Stands for the provider's signature: a thinking block must come back as it was sent. */
function signatureOf(thinking: string): string {
  return createHash("sha256").update(thinking).digest("base64");
}

function messageWriter(plan: TurnPlan, model: string): AnswerWriter {
  const message = {
    id: `msg_${plan.fingerprint}`,
    type: "message",
    role: "assistant",
    model,
    stop_sequence: null,
  };
  const stream = new AnthropicStream(plan, signatureOf(plan.think));
  return {
    streamType: "text/event-stream",
    whole: () => ({
      ...message,
      content: wholeContent(plan),
      stop_reason: stopReasons[plan.finish],
      usage: anthropicUsage(plan),
    }),
    start: () => stream.start(message),
    chunk: (chunk) => stream.chunk(chunk),
    finish: () => stream.finish(),
    error: (failure) => stream.error(failure),
  };
}

function wholeContent(plan: TurnPlan): object[] {
  const { think: thinking, text } = plan;
  return [
    ...(thinking ? [{ type: "thinking", thinking, signature: signatureOf(thinking) }] : []),
    ...(text ? [{ type: "text", text }] : []),
    ...plan.toolCalls.map((call) => ({
      type: "tool_use",
      id: call.id,
      name: call.name,
      input: argumentsValue(call),
    })),
  ];
}

function modelList(names: readonly string[]): unknown {
  const data = names.map((id) => ({
    type: "model",
    id,
    display_name: id,
    created_at: "2000-01-01T00:00:00Z",
  }));
  return { data, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
}
