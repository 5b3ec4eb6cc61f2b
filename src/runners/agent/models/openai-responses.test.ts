import { afterAll, expect, test } from "bun:test";
import { callModel } from "./model-call.ts";
import { ModelError } from "./model-error.ts";
import type { ModelAnswer, ModelEvent, ModelRequest, Transport } from "./model-request.ts";

/**
 * The Responses API is used for OpenAI's own address only, so requests for it are led to a local
 * server. Events as in https://platform.openai.com/docs/api-reference/responses-streaming.
 */
const bodies: Record<string, unknown>[] = [];
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const body = (await request.json()) as Record<string, unknown>;
    bodies.push(body);
    const events = streams[String(body["model"])] ?? [];
    return new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""), {
      headers: { "content-type": "text/event-stream" },
    });
  },
});
afterAll(() => server.stop(true));

const toServer: Transport = (url, init) => {
  expect(url).toBe("https://api.openai.com/v1/responses");
  return fetch(server.url, init);
};

const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 6 },
};
const created = {
  type: "response.created",
  response: { id: "resp_1", created_at: 1, model: "gpt-5" },
};
const completed = { type: "response.completed", response: { usage } };
const text = (delta: string) => [
  { type: "response.output_item.added", output_index: 0, item: { type: "message", id: "msg_1" } },
  { type: "response.output_text.delta", item_id: "msg_1", delta },
  { type: "response.output_item.done", output_index: 0, item: { type: "message", id: "msg_1" } },
];
const call = (index: number, input: string) => {
  const item = {
    type: "function_call",
    id: `fc_${index}`,
    call_id: `call_${index}`,
    name: "weather",
    arguments: input,
    status: "completed",
  };
  return [
    {
      type: "response.output_item.added",
      output_index: index,
      item: { ...item, arguments: "", status: "in_progress" },
    },
    { type: "response.output_item.done", output_index: index, item },
  ];
};
const reasoningItem = { type: "reasoning", id: "rs_1", summary: [] };
const reasoning = [
  { type: "response.output_item.added", output_index: 0, item: reasoningItem },
  {
    type: "response.output_item.done",
    output_index: 0,
    item: { ...reasoningItem, encrypted_content: "sealed" },
  },
];

const streams: Record<string, readonly unknown[]> = {
  "gpt-5": [created, ...text("Hello"), completed],
  "gpt-5-mini": [created, ...reasoning, ...call(1, '{"city":"Oslo"}'), ...call(2, "{"), completed],
  "gpt-5-nano": [created, ...text("Hel")],
  "gpt-4.1": [
    created,
    {
      type: "response.failed",
      sequence_number: 3,
      response: { error: { code: "server_error", message: "engine" } },
    },
  ],
};

function ask(name: string, events: ModelEvent[] = [], messages = question): Promise<ModelAnswer> {
  const request: ModelRequest = {
    model: { provider: "openai", name },
    instructions: "Be brief",
    messages,
    tools: [{ name: "weather", description: "", inputSchema: { type: "object" } }],
    parameters: {},
    idempotencyKey: "k",
    cacheKey: "session-1",
    firstByteTimeoutMs: 2_000,
    idleTimeoutMs: 2_000,
    signal: new AbortController().signal,
    settings: { apiKey: "key-123" },
    transport: toServer,
  };
  return callModel(request, (event) => events.push(event));
}
const question: ModelRequest["messages"] = [
  { role: "user", parts: [{ kind: "text", text: "Hi" }] },
];

test("answers with text, usage and cost, and stores nothing at OpenAI", async () => {
  const events: ModelEvent[] = [];
  const answer = await ask("gpt-5", events);
  expect(events).toEqual([{ kind: "text", offset: 0, text: "Hello" }]);
  expect(answer.finishReason).toBe("stop");
  expect(answer.usage).toEqual({
    inputTokens: 100,
    outputTokens: 20,
    cacheReadTokens: 40,
    cacheWriteTokens: 0,
    reasoningTokens: 6,
  });
  expect(answer.costUsd).toBeCloseTo((60 * 1.25 + 40 * 0.125 + 20 * 10) / 1_000_000, 12);
  expect(bodies.at(-1)).toMatchObject({ store: false, prompt_cache_key: "session-1" });
});

test("hands over calls, also broken ones, and takes its sealed reasoning back", async () => {
  const answer = await ask("gpt-5-mini");
  expect(answer.finishReason).toBe("tool-calls");
  const calls = answer.message.parts.filter((part) => part.kind === "tool-call");
  expect(calls).toMatchObject([
    { callId: "call_1", arguments: { city: "Oslo" } },
    { callId: "call_2", arguments: undefined, rawArguments: "{" },
  ]);
  const results = calls.map(({ callId, name }) => ({
    role: "tool" as const,
    parts: [{ kind: "tool-result" as const, callId, name, isError: false, content: [] }],
  }));
  await ask("gpt-5", [], [...question, answer.message, ...results]);
  expect(JSON.stringify(bodies.at(-1)?.["input"])).toContain('"encrypted_content":"sealed"');
});

test.each([
  ["gpt-5-nano", "interrupted"],
  ["gpt-4.1", "provider"],
])("%s ends as %s", async (name, reason) => {
  const failure = await ask(name).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(ModelError);
  expect(failure).toMatchObject({ reason, retryable: true });
});
