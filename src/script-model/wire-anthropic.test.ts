import { expect, test } from "bun:test";

import { parseScript } from "./script-file.ts";
import { startScriptServer } from "./server.ts";

const hi = { role: "user", content: "hi" };
const thought = (signature?: string) => ({
  role: "assistant",
  content: [
    { type: "thinking", thinking: "hm", signature },
    { type: "text", text: "ok" },
  ],
});

async function ask(yaml: string, body: object): Promise<{ status: number; body: unknown }> {
  await using server = startScriptServer({ script: parseScript(yaml, "demo.yaml") });
  const response = await fetch(new URL("/v1/messages", server.url), {
    method: "POST",
    body: JSON.stringify({ model: "demo", max_tokens: 10, messages: [hi], ...body }),
  });
  return { status: response.status, body: await response.json() };
}

test("a whole message has its blocks in order, and input tokens without the cache", async () => {
  const yaml = `
turns:
  - { think: hm, text: ok, tools: [{ name: t, args: { n: 1 } }],
      usage: { input: 10, output: 4, cacheRead: 5, cacheWrite: 2 } }`;
  expect((await ask(yaml, {})).body).toMatchObject({
    type: "message",
    content: [
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "ok" },
      { type: "tool_use", name: "t", input: { n: 1 } },
    ],
    stop_reason: "tool_use",
    usage: {
      input_tokens: 3,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 2,
      output_tokens: 4,
    },
  });
});

test("a streamed message opens, signs and closes its blocks one after another", async () => {
  const yaml = "turns: [{ think: hm, text: ok, tools: [{ name: t }, { name: u }] }]";
  await using server = startScriptServer({ script: parseScript(yaml, "demo.yaml") });
  const response = await fetch(new URL("/v1/messages", server.url), {
    method: "POST",
    body: JSON.stringify({ model: "demo", max_tokens: 10, stream: true, messages: [hi] }),
  });
  const events = (await response.text()).match(/(?<=data: ).+/g)!.map((line) => JSON.parse(line));
  expect(events.map((event) => [event.type, event.index, event.delta?.type])).toEqual([
    ["message_start", undefined, undefined],
    ["ping", undefined, undefined],
    ["content_block_start", 0, undefined],
    ["content_block_delta", 0, "thinking_delta"],
    ["content_block_delta", 0, "signature_delta"],
    ["content_block_stop", 0, undefined],
    ["content_block_start", 1, undefined],
    ["content_block_delta", 1, "text_delta"],
    ["content_block_stop", 1, undefined],
    ["content_block_start", 2, undefined],
    ["content_block_delta", 2, "input_json_delta"],
    ["content_block_stop", 2, undefined],
    ["content_block_start", 3, undefined],
    ["content_block_delta", 3, "input_json_delta"],
    ["content_block_stop", 3, undefined],
    ["message_delta", undefined, undefined],
    ["message_stop", undefined, undefined],
  ]);
});

test("tool results and a text in one message are results first, then a question", async () => {
  const use = { role: "assistant", content: [{ type: "tool_use", id: "1", name: "t", input: {} }] };
  const result = { type: "tool_result", tool_use_id: "1", content: [{ type: "text", text: "r" }] };
  const messages = [hi, use, { role: "user", content: [result, { type: "text", text: "and?" }] }];
  const answered = await ask("turns: [{ text: '{{user}} {{toolResult}}' }]", { messages });
  expect(answered.body).toMatchObject({ content: [{ type: "text", text: "and? r" }] });
});

const refused: [name: string, body: object, problem: string][] = [
  ["no max_tokens", { max_tokens: undefined }, "max_tokens"],
  ["an empty text block", { messages: [{ role: "user", content: "" }] }, "must not be empty"],
  [
    "an assistant message first",
    { messages: [{ role: "assistant", content: "x" }, hi] },
    "first message",
  ],
  ["unsigned thinking", { messages: [hi, thought(), hi] }, "signature"],
  [
    "a block of an unknown type",
    { messages: [{ role: "user", content: [{ type: "x" }] }] },
    "messages.0.content",
  ],
];
test.each(refused)("a request with %s is refused", async (_name, body, problem) => {
  const answer = await ask("turns: [{ text: a }]", body);
  expect(answer).toEqual({
    status: 400,
    body: {
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringContaining(problem) },
    },
  });
});
