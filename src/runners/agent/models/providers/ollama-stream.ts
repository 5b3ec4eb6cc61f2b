import { randomUUID } from "node:crypto";
import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { z } from "zod";
import { linesOf } from "./ollama-lines.ts";

/**
 * Reads the answer of `/api/chat`: one JSON object a line, the last one with `done: true`. A stream
 * that ends without that one yields no finish, so it does not count as an answer.
 *
 * @throws an error with the provider's words for an `{"error": …}` line, which Ollama sends in the
 *   middle of an answer that began with status 200.
 */
export async function* readOllamaStream(
  body: ReadableStream<Uint8Array>,
  contextLength: number,
): AsyncGenerator<LanguageModelV4StreamPart> {
  let block = { kind: "", number: 0 };
  for await (const line of linesOf(body)) {
    const chunk = chatChunk.parse(JSON.parse(line));
    if (chunk.error !== undefined) throw refusalOf(chunk);
    const { thinking, content, tool_calls: calls = [] } = chunk.message ?? {};
    for (const [kind, delta] of [
      ["reasoning", thinking],
      ["text", content],
    ] as const) {
      if (!delta) continue;
      if (block.kind !== kind) block = { kind, number: block.number + 1 };
      yield { type: `${kind}-delta`, id: String(block.number), delta };
    }
    for (const call of calls) yield toToolCallPart(call);
    if (chunk.done) yield toFinish(chunk, contextLength);
  }
}

const toolCall = z.object({
  id: z.string().optional(),
  function: z.object({ name: z.string(), arguments: z.unknown().optional() }),
});

const chatChunk = z.object({
  error: z.unknown().optional(),
  status_code: z.number().optional(),
  message: z
    .object({
      content: z.string().optional(),
      thinking: z.string().optional(),
      tool_calls: z.array(toolCall).optional(),
    })
    .optional(),
  done: z.boolean().optional(),
  done_reason: z.string().optional(),
  prompt_eval_count: z.number().optional(),
  eval_count: z.number().optional(),
});

type ChatChunk = z.infer<typeof chatChunk>;

function refusalOf({ error, status_code }: ChatChunk): Error {
  const message = typeof error === "string" ? error : JSON.stringify(error);
  return Object.assign(new Error(message), { statusCode: status_code, data: { error } });
}

/** Older versions have no ids; arguments are an object, or a text where the model wrote no JSON. */
function toToolCallPart({
  id,
  function: called,
}: z.infer<typeof toolCall>): LanguageModelV4StreamPart {
  const { name, arguments: input } = called;
  return {
    type: "tool-call",
    toolCallId: id || `call_${randomUUID()}`,
    toolName: name,
    input: typeof input === "string" ? input : JSON.stringify(input ?? {}),
  };
}

/**
 * @throws when the context was full before the model had finished: that is not the length the
 *   caller asked for, and only a shorter conversation helps.
 */
function toFinish(chunk: ChatChunk, contextLength: number): LanguageModelV4StreamPart {
  const { prompt_eval_count: input, eval_count: output, done_reason: raw } = chunk;
  if (raw === "length" && (input ?? 0) + (output ?? 0) >= contextLength) {
    throw Object.assign(new Error(`The context window of ${contextLength} tokens is full.`), {
      data: { error: { code: "context_length_exceeded" } },
    });
  }
  return {
    type: "finish",
    finishReason: { unified: raw === "length" ? "length" : "stop", raw },
    usage: {
      inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: output, text: output, reasoning: undefined },
    },
  };
}
