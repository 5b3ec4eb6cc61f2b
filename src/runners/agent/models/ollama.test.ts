import { describe, expect, test } from "bun:test";
import { callModel } from "./model-call.ts";
import { ModelError } from "./model-error.ts";
import type { ModelAnswer, ModelRequest, ReasoningEffort } from "./model-request.ts";
import { detectOllama } from "./detect-ollama.ts";

/** What real Ollama servers send that a scripted model does not. */
interface FakeOllama {
  readonly lines?: readonly string[];
  readonly show?: (model: string) => unknown;
  readonly tags?: readonly string[];
}

function startOllama({ lines = [], show, tags = [] }: FakeOllama) {
  const bodies: Record<string, unknown>[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/api/tags")
        return Response.json({ models: tags.map((name) => ({ name })) });
      const body = (await request.json()) as Record<string, unknown>;
      if (pathname === "/api/show") return Response.json(show?.(String(body["model"])) ?? {});
      bodies.push(body);
      return new Response(lines.join("\n"));
    },
  });
  return { server, bodies, [Symbol.dispose]: () => void server.stop(true) };
}

const thinking = (architecture: string) => () => ({
  capabilities: ["completion", "tools", "thinking"],
  model_info: { "general.architecture": architecture, [`${architecture}.context_length`]: 131_072 },
});
const done = JSON.stringify({
  done: true,
  done_reason: "stop",
  prompt_eval_count: 5,
  eval_count: 2,
});

interface Options {
  readonly contextLength?: number;
  readonly reasoningEffort?: ReasoningEffort;
  readonly messages?: ModelRequest["messages"];
}

function ask(baseUrl: string, options: Options = {}): Promise<ModelAnswer> {
  const { contextLength, reasoningEffort } = options;
  const request: ModelRequest = {
    model: { provider: "ollama", name: "qwen3:8b" },
    instructions: "",
    messages: options.messages ?? [{ role: "user", parts: [{ kind: "text", text: "Hi" }] }],
    tools: [],
    parameters: { temperature: 0.2, ...(reasoningEffort === undefined ? {} : { reasoningEffort }) },
    idempotencyKey: "k",
    firstByteTimeoutMs: 2_000,
    idleTimeoutMs: 2_000,
    signal: new AbortController().signal,
    settings: { baseUrl, ...(contextLength === undefined ? {} : { contextLength }) },
  };
  return callModel(request, () => undefined);
}

async function failureOf(work: Promise<unknown>): Promise<ModelError> {
  const outcome = await work.catch((thrown: unknown) => thrown);
  if (outcome instanceof ModelError) return outcome;
  throw new Error(`expected a ModelError, got ${JSON.stringify(outcome)}`);
}

test("thinking and text keep their order, sampling goes into the options", async () => {
  const lines = [
    '{"message":{"thinking":"Hm"}}',
    '{"message":{"thinking":"m"}}',
    '{"message":{"content":"Hi"}}',
    done,
  ];
  using ollama = startOllama({ lines });
  const answer = await ask(ollama.server.url.host);
  expect(answer.message.parts).toEqual([
    { kind: "reasoning", text: "Hmm" },
    { kind: "text", text: "Hi" },
  ]);
  expect(ollama.bodies[0]).toMatchObject({ options: { temperature: 0.2, num_ctx: 4_096 } });
});

test("a character cut between two chunks arrives whole", async () => {
  const bytes = new TextEncoder().encode(`{"message":{"content":"Grüße"}}\n${done}\n`);
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () =>
      new Response(
        new ReadableStream({
          async start(controller) {
            for (const byte of bytes) {
              controller.enqueue(Uint8Array.of(byte));
              await Bun.sleep(0);
            }
            controller.close();
          },
        }),
      ),
  });
  const answer = await ask(server.url.origin, { contextLength: 4_096 });
  expect(answer.message.parts).toEqual([{ kind: "text", text: "Grüße" }]);
});

test("an error line after a good start is an error with Ollama's words", async () => {
  const lines = ['{"message":{"content":"Hi"}}', '{"error":"model runner has stopped"}'];
  using ollama = startOllama({ lines });
  const failure = await failureOf(ask(ollama.server.url.host));
  expect(failure).toMatchObject({ reason: "provider", retryable: true });
  expect(failure.message).toContain("model runner has stopped");
});

test("a full context is an overflow, not a short answer", async () => {
  const full = { done: true, done_reason: "length", prompt_eval_count: 4_000, eval_count: 96 };
  using ollama = startOllama({ lines: [JSON.stringify(full)] });
  const failure = await failureOf(ask(ollama.server.url.host, { contextLength: 4_096 }));
  expect(failure.reason).toBe("context-overflow");
});

test("a line that is not JSON is bad output, and is not quoted", async () => {
  using ollama = startOllama({ lines: ["private nonsense"] });
  const failure = await failureOf(ask(ollama.server.url.host));
  expect(failure.reason).toBe("bad-output");
  expect(failure.message).not.toContain("private");
});

test("calls without an id get one; the result goes back under the name of the tool", async () => {
  const call = { function: { name: "look", arguments: { at: 1 } } };
  using ollama = startOllama({
    lines: [JSON.stringify({ message: { tool_calls: [call] } }), done],
  });
  const { message } = await ask(ollama.server.url.host);
  const [part] = message.parts;
  if (part?.kind !== "tool-call") throw new Error("no call");
  expect(part.callId).not.toBe("");
  expect(part.arguments).toEqual({ at: 1 });

  const image = { kind: "image", base64: "iVBO", mediaType: "image/png" } as const;
  const content = [{ kind: "text", text: "seen" } as const, image];
  const result = {
    kind: "tool-result",
    callId: part.callId,
    name: "look",
    isError: false,
    content,
  } as const;
  await ask(ollama.server.url.host, { messages: [message, { role: "tool", parts: [result] }] });
  expect(ollama.bodies.at(-1)?.["messages"]).toEqual([
    {
      role: "assistant",
      content: "",
      tool_calls: [{ id: part.callId, function: { name: "look", arguments: { at: 1 } } }],
    },
    { role: "tool", content: "seen", tool_name: "look", tool_call_id: part.callId },
    { role: "user", content: expect.stringContaining("look"), images: ["iVBO"] },
  ]);
});

describe("thinking is asked for", () => {
  test.each([
    ["qwen3", "high", true],
    ["qwen3", "none", false],
    ["gptoss", "max", "high"],
  ] as const)("%s, %s: %p", async (architecture, reasoningEffort, think) => {
    using ollama = startOllama({ lines: [done], show: thinking(architecture) });
    await ask(ollama.server.url.host, { reasoningEffort });
    expect(ollama.bodies[0]?.["think"]).toBe(think);
  });

  test("only where the model can", async () => {
    using ollama = startOllama({ lines: [done] });
    await ask(ollama.server.url.host, { reasoningEffort: "high" });
    expect(ollama.bodies[0]).not.toHaveProperty("think");
  });
});

describe("detection", () => {
  const { signal } = new AbortController();

  test("finds the first model that can call tools", async () => {
    const show = (model: string) => ({ capabilities: model === "b" ? ["tools"] : ["completion"] });
    using ollama = startOllama({ tags: ["a", "b", "c"], show });
    const settings = { baseUrl: ollama.server.url.origin };
    expect(await detectOllama({ settings, signal })).toEqual({ provider: "ollama", name: "b" });
  });

  test("finds nothing where no model can, or nobody listens", async () => {
    using ollama = startOllama({ tags: ["a"] });
    const settings = { baseUrl: ollama.server.url.origin };
    expect(await detectOllama({ settings, signal })).toBeUndefined();
    expect(await detectOllama({ settings: { baseUrl: "127.0.0.1:9" }, signal })).toBeUndefined();
  });

  test("does not wait for a server that does not answer", async () => {
    using silent = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Promise<Response>(() => undefined),
    });
    const started = performance.now();
    const settings = { baseUrl: silent.url.origin };
    expect(await detectOllama({ settings, signal, timeoutMs: 80 })).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1_000);
    void silent.stop(true);
  });
});
