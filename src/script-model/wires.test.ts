import { describe, expect, test } from "bun:test";

import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  dynamicTool,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  streamText,
} from "ai";

import { parseScript } from "./script-file.ts";
import { type ScriptServer, startScriptServer } from "./server.ts";

/** The AI SDK's providers, pointed at a script server. */
const providers: Record<string, (server: ScriptServer) => LanguageModel> = {
  openai: ({ url }) => createOpenAI({ baseURL: `${url.href}v1`, apiKey: "k" }).chat("demo"),
  "openai-compatible": ({ url }) =>
    createOpenAICompatible({ name: "x", baseURL: `${url.href}v1`, includeUsage: true })("demo"),
  anthropic: ({ url }) => createAnthropic({ baseURL: `${url.href}v1`, apiKey: "k" })("demo"),
  google: ({ url }) =>
    createGoogleGenerativeAI({ baseURL: `${url.href}v1beta`, apiKey: "k" })("demo"),
};

const start = (yaml: string): ScriptServer =>
  startScriptServer({ script: parseScript(yaml, "demo.yaml") });

const read = dynamicTool({
  description: "Reads a file.",
  inputSchema: jsonSchema({
    type: "object",
    properties: { path: { type: "string" } },
    required: ["path"],
  }),
});

interface Asked {
  readonly maxRetries?: number;
  readonly messages?: ModelMessage[];
}

function ask(model: LanguageModel, { maxRetries = 0, messages }: Asked = {}) {
  return streamText({
    model,
    messages: messages ?? [{ role: "user", content: "hi" }],
    tools: { read },
    maxOutputTokens: 100,
    maxRetries,
    onError() {},
  });
}

/** What a streamed answer shows: its text, and the first error in it. */
async function watch(answer: ReturnType<typeof ask>): Promise<{ text: string; error: unknown }> {
  let text = "";
  let error: unknown;
  try {
    for await (const part of answer.fullStream) {
      if (part.type === "text-delta") text += part.text;
      if (part.type === "error") error ??= part.error;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { text, error };
}

describe.each(Object.keys(providers))("the AI SDK's %s provider", (name) => {
  const modelOf = providers[name]!;

  test("reads streamed text, usage and the reason for the end", async () => {
    await using server = start(
      "turns: [{ text: hello world, chunk: 3, finish: length, " +
        "usage: { input: 100, output: 20, cacheRead: 60, reasoning: 5 } }]",
    );
    const answer = ask(modelOf(server));
    expect(await watch(answer)).toEqual({ text: "hello world", error: undefined });
    expect(await answer.finishReason).toBe("length");
    expect(await answer.usage).toMatchObject({
      inputTokens: 100,
      inputTokenDetails: { cacheReadTokens: 60, noCacheTokens: 40 },
      outputTokens: 20,
      outputTokenDetails: { reasoningTokens: 5 },
    });
  });

  test("runs parallel tool calls and gets an answer made from their results", async () => {
    await using server = start(`
turns:
  - text: Let me look.
    tools: [{ name: read, args: { path: "a.txt" } }, { name: read, args: { path: "{{user}}" } }]
    chunk: 4
  - text: "It says: {{toolResult:read}}"`);
    const first = ask(modelOf(server));
    await watch(first);
    expect(await first.finishReason).toBe("tool-calls");
    const calls = await first.toolCalls;
    expect(calls.map(({ toolName, input }) => [toolName, input])).toEqual([
      ["read", { path: "a.txt" }],
      ["read", { path: "hi" }],
    ]);
    const results = calls.map(({ toolCallId, toolName }, index) => ({
      type: "tool-result" as const,
      toolCallId,
      toolName,
      output: { type: "text" as const, value: `content ${index}` },
    }));
    const messages: ModelMessage[] = [
      { role: "user", content: "hi" },
      ...(await first.responseMessages),
      { role: "tool", content: results },
    ];
    const second = ask(modelOf(server), { messages });
    expect((await watch(second)).text).toBe("It says: content 1");
    expect(await second.finishReason).toBe("stop");
  });

  test("reports a rate limit with its Retry-After, and succeeds by retrying", async () => {
    await using server = start(
      "turns: [{ text: fine, fail: { times: 2, status: 429, retryAfter: 0.1 } }]",
    );
    const { error } = await watch(ask(modelOf(server)));
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 429, responseHeaders: { "retry-after": "0.1" } });
    const retried = await watch(ask(modelOf(server), { maxRetries: 1 }));
    expect(retried).toEqual({ text: "fine", error: undefined });
    expect(server.journal.requestsOf("demo")).toBe(3);
  });

  test("reports an error inside the stream", async () => {
    await using server = start(
      "turns: [{ text: abcd, chunk: 2, midError: { after: 1, message: hot } }]",
    );
    const { error } = await watch(ask(modelOf(server)));
    expect(JSON.stringify(error) + String(error)).toContain("hot");
  });

  test("reports a cut connection", async () => {
    await using server = start("turns: [{ text: abcd, chunk: 2, cutAfter: 1 }]");
    expect((await watch(ask(modelOf(server)))).error).toBeDefined();
  });

  test("does not take an early end for success, nor run half a call", async () => {
    await using server = start(
      "turns: [{ tools: [{ name: read, args: { path: abcdefgh } }], chunk: 4, eofAfter: 2 }]",
    );
    const answer = ask(modelOf(server));
    const { error } = await watch(answer);
    const outcome = error === undefined ? await answer.finishReason : "error";
    expect(["error", "other", "unknown", "interrupted"]).toContain(outcome);
    const calls = error === undefined ? await answer.toolCalls : [];
    expect(calls.filter((call) => call.invalid !== true)).toEqual([]);
  });
});

describe("thoughts", () => {
  const withThoughts = ["openai-compatible", "anthropic", "google"];
  test.each(withThoughts)("reach the %s provider, and come back valid", async (name) => {
    await using server = start("turns: [{ think: hmm hmm, text: done, chunk: 4 }]");
    const first = ask(providers[name]!(server));
    await watch(first);
    expect(await first.reasoningText).toBe("hmm hmm");
    const messages: ModelMessage[] = [
      { role: "user", content: "hi" },
      ...(await first.responseMessages),
      { role: "user", content: "again" },
    ];
    const second = await watch(ask(providers[name]!(server), { messages }));
    expect(second).toEqual({ text: "done", error: undefined });
  });
});

describe("a list of models", () => {
  const yaml = "scripts: { demo: { turns: [{ text: a }] } }";
  const lists: [wire: string, path: string, headers: Record<string, string>, first: object][] = [
    ["openai", "/v1/models", {}, { object: "list", data: expect.anything() }],
    ["anthropic", "/v1/models", { "anthropic-version": "2023-06-01" }, { has_more: false }],
    ["ollama", "/api/tags", {}, { models: expect.anything() }],
    ["google", "/v1beta/models", {}, { models: expect.anything() }],
  ];
  test.each(lists)("is given in %s form", async (_wire, path, headers, shape) => {
    await using server = start(yaml);
    const response = await fetch(new URL(path, server.url), { headers });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject(shape);
    for (const name of ["echo", "auto", "demo"]) expect(text).toContain(name);
  });
});
