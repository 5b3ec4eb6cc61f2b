import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelProviderName } from "../../../contract/model-providers.ts";
import { parseScript } from "../../../script-model/script-file.ts";
import { startScriptServer } from "../../../script-model/server.ts";
import type { ConversationMessage } from "./conversation.ts";
import { callModel } from "./model-call.ts";
import { ModelError } from "./model-error.ts";
import type { ModelErrorReason } from "./model-error-reason.ts";
import type { ModelAnswer, ModelEvent, ModelRequest, ProviderSettings } from "./model-request.ts";

/** Every provider against the same scripted models: over real HTTP, or in process for `script`. */
const scripts = `
scripts:
  text: { turns: [{ think: Let me see., text: "Hello, world.", chunk: 4, usage: { input: 100, output: 20, cacheRead: 40, reasoning: 6 } }] }
  parallel:
    turns:
      - text: Looking.
        tools: [{ name: weather, args: { city: Oslo } }, { name: weather, args: { city: Rome } }]
      - text: "Both done: {{toolResult}}"
  bad-arguments: { turns: [{ tools: [{ name: weather }], malformedArgs: '{"city": ' }] }
  too-long: { turns: [{ text: This is cut, finish: length }] }
  withheld: { turns: [{ finish: content-filter }] }
  half-withheld: { turns: [{ text: Well, finish: content-filter }] }
  unauthorized: { turns: [{ fail: { status: 401, message: "wrong key key-123", times: always } }] }
  missing: { turns: [{ fail: { status: 404, message: no such model, times: always } }] }
  limited: { turns: [{ fail: { status: 429, message: slow down, retryAfter: 7, times: always } }] }
  no-money: { turns: [{ fail: { status: 429, type: insufficient_quota, code: insufficient_quota, message: no money left, times: always } }] }
  busy: { turns: [{ fail: { status: 529, message: overloaded, times: always } }] }
  broken: { turns: [{ fail: { status: 500, message: oops, times: always } }] }
  overflow: { turns: [{ fail: { status: 400, message: "prompt is too long: 300000 tokens", times: always } }] }
  invalid: { turns: [{ fail: { status: 400, message: bad schema, times: always } }] }
  cut: { turns: [{ text: This answer never ends properly, chunk: 5, delayMs: 30, cutAfter: 3 }] }
  cut-call: { turns: [{ tools: [{ name: weather, args: { city: Oslo } }], chunk: 4, eofAfter: 2 }] }
  eof: { turns: [{ text: This answer never ends properly, chunk: 5, eofAfter: 3 }] }
  empty-eof: { turns: [{ text: Nothing of this comes, eofAfter: 0 }] }
  mid-error: { turns: [{ text: This answer fails, chunk: 5, midError: { after: 2, message: the engine stopped } }] }
  silent: { turns: [{ text: never, hang: true }] }
  slow: { turns: [{ text: "a b c d e f g h", chunk: 2, delayMs: 5000 }] }
`;

const folder = await mkdtemp(join(tmpdir(), "model-call-"));
const scriptFile = join(folder, "scripts.yaml");
await Bun.write(scriptFile, scripts);
const server = startScriptServer({ script: parseScript(scripts, "scripts.yaml") });
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const apiKey = "key-123";
const settingsOf: Record<ModelProviderName, ProviderSettings> = {
  anthropic: { baseUrl: server.url.origin, apiKey },
  openai: { baseUrl: `${server.url.origin}/v1/`, apiKey },
  google: { baseUrl: server.url.origin, apiKey },
  "openai-compatible": { baseUrl: `${server.url.origin}/v1`, apiKey },
  ollama: { baseUrl: server.url.host, apiKey },
  script: { scriptFile },
};
const providers = Object.keys(settingsOf) as ModelProviderName[];
const overHttp = providers.filter((provider) => provider !== "script");

const question: ConversationMessage = {
  role: "user",
  parts: [{ kind: "text", text: "Classified question" }],
};

interface Options {
  readonly messages?: readonly ConversationMessage[];
  readonly signal?: AbortSignal;
  readonly firstByteTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly settings?: ProviderSettings;
  readonly attempt?: number;
  readonly events?: ModelEvent[];
}

function call(
  provider: ModelProviderName,
  name: string,
  options: Options = {},
): Promise<ModelAnswer> {
  const request: ModelRequest = {
    model: { provider, name },
    instructions: "Classified instructions",
    messages: options.messages ?? [question],
    tools: [
      {
        name: "weather",
        description: "Tells the weather",
        inputSchema: { type: "object", properties: { city: { type: "string" } } },
      },
    ],
    parameters: {},
    idempotencyKey: "execution/turn#1",
    firstByteTimeoutMs: options.firstByteTimeoutMs ?? 5_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 5_000,
    signal: options.signal ?? new AbortController().signal,
    settings: options.settings ?? settingsOf[provider],
    attempt: options.attempt ?? 1,
  };
  return callModel(request, (event) => options.events?.push(event));
}

async function failureOf(work: Promise<unknown>): Promise<ModelError> {
  const outcome = await work.catch((thrown: unknown) => thrown);
  if (outcome instanceof ModelError) return outcome;
  throw new Error(`expected a ModelError, got ${JSON.stringify(outcome)}`);
}

const textOf = (events: readonly ModelEvent[], kind: "text" | "reasoning"): string =>
  events.map((event) => (event.kind === kind ? event.text : "")).join("");

describe.each(providers)("%s", (provider) => {
  test("streams text in order and answers with the same text", async () => {
    const events: ModelEvent[] = [];
    const answer = await call(provider, "text", { events });

    expect(textOf(events, "text")).toBe("Hello, world.");
    expect(answer.message.parts).toContainEqual(
      expect.objectContaining({ kind: "text", text: "Hello, world." }),
    );
    expect(answer.message).toMatchObject({ role: "assistant", provider });
    expect(answer.finishReason).toBe("stop");
    let offset = 0;
    for (const event of events.filter(({ kind }) => kind === "text")) {
      if (event.kind === "tool-call") continue;
      expect(event.offset).toBe(offset);
      offset += event.text.length;
    }
  });

  test("reports usage", async () => {
    const { usage } = await call(provider, "text");
    expect(usage).toMatchObject({ inputTokens: 100, outputTokens: 20 });
    if (provider !== "ollama") expect(usage.cacheReadTokens).toBe(40);
  });

  test("hands over parallel tool calls, and the next call takes their results", async () => {
    const events: ModelEvent[] = [];
    const first = await call(provider, "parallel", { events });
    const calls = first.message.parts.filter((part) => part.kind === "tool-call");

    expect(first.finishReason).toBe("tool-calls");
    expect(calls.map((part) => [part.name, part.arguments])).toEqual([
      ["weather", { city: "Oslo" }],
      ["weather", { city: "Rome" }],
    ]);
    expect(events.filter((event) => event.kind === "tool-call")).toHaveLength(2);
    const results = calls.map(({ callId, name }, index): ConversationMessage => {
      const content = [{ kind: "text", text: `sunny ${index}` } as const];
      return {
        role: "tool",
        parts: [{ kind: "tool-result", callId, name, isError: false, content }],
      };
    });
    const journaled = JSON.parse(JSON.stringify(first.message)) as ConversationMessage;
    const second = await call(provider, "parallel", {
      messages: [question, journaled, ...results],
    });
    expect(second.message.parts).toEqual([
      expect.objectContaining({ kind: "text", text: "Both done: sunny 1" }),
    ]);
  });

  test("reports an answer that was cut at the token limit", async () => {
    expect((await call(provider, "too-long")).finishReason).toBe("length");
  });

  const refusals: readonly [string, ModelErrorReason, boolean][] = [
    ["unauthorized", "auth", false],
    ["missing", "model-not-found", false],
    ["limited", "rate-limited", true],
    ["busy", "overloaded", true],
    ["broken", "provider", true],
    ["overflow", "context-overflow", false],
    ["invalid", "invalid-request", false],
  ];
  test.each(refusals)("%s is %s", async (name, reason, retryable) => {
    const failure = await failureOf(call(provider, name));
    expect(failure).toMatchObject({ reason, retryable, provider, model: name });
    expect(failure.hint).not.toBe("");
  });

  test("keeps how long the provider asks to wait", async () => {
    expect((await failureOf(call(provider, "limited"))).retryAfterMs).toBe(7_000);
  });

  test("calls an end without a finish interrupted, never an answer", async () => {
    const events: ModelEvent[] = [];
    expect((await failureOf(call(provider, "eof", { events }))).reason).toBe("interrupted");
    expect(textOf(events, "text").length).toBeGreaterThan(0);
    expect((await failureOf(call(provider, "empty-eof"))).reason).toBe("interrupted");
  });

  test("does not hand over a tool call that was cut in the middle", async () => {
    expect((await failureOf(call(provider, "cut-call"))).reason).toBe("interrupted");
  });

  test("calls a lost connection interrupted", async () => {
    const failure = await failureOf(call(provider, "cut"));
    expect(failure).toMatchObject({ reason: "interrupted", retryable: true });
  });

  test("reports an error in the middle of the answer with the words of the provider", async () => {
    const failure = await failureOf(call(provider, "mid-error"));
    expect(failure.retryable).toBe(true);
    expect(failure.message).toContain("the engine stopped");
  });

  test("gives up on a provider that accepts the request and never answers", async () => {
    const failure = await failureOf(call(provider, "silent", { firstByteTimeoutMs: 80 }));
    expect(failure).toMatchObject({ reason: "timeout", retryable: true });
    expect(failure.message).toContain("80 ms");
  });

  test("gives up on a provider that falls silent in the middle of its answer", async () => {
    const events: ModelEvent[] = [];
    const failure = await failureOf(call(provider, "slow", { idleTimeoutMs: 150, events }));
    expect(failure.reason).toBe("timeout");
    expect(textOf(events, "text")).toBe("a ");
    expect(failure.message).toContain("in the middle");
  });

  test.each(["silent", "slow"])("stops within a second of an abort: %s", async (name) => {
    const controller = new AbortController();
    const work = failureOf(call(provider, name, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 50);
    const started = performance.now();
    expect((await work).reason).toBe("aborted");
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test("sends nothing when it was aborted before", async () => {
    expect((await failureOf(call(provider, "text", { signal: AbortSignal.abort() }))).reason).toBe(
      "aborted",
    );
  });

  test("shows neither key nor conversation in an error or its JSON", async () => {
    for (const name of ["unauthorized", "invalid", "cut", "mid-error"]) {
      const failure = await failureOf(call(provider, name));
      const shown = Bun.inspect(failure, { depth: 10 }) + JSON.stringify(failure);
      expect(shown).not.toContain("Classified");
      expect(provider === "script" || !shown.includes(apiKey)).toBe(true);
    }
  });
});

describe.each(overHttp)("%s over HTTP", (provider) => {
  test.each(["busy", "limited", "broken"])("sends one request only: %s", async (name) => {
    const before = server.journal.requestsOf(name);
    await failureOf(call(provider, name));
    expect(server.journal.requestsOf(name) - before).toBe(1);
  });

  test("sends the idempotency key and the tool schema as it is", async () => {
    await call(provider, "text");
    const { headers, body } = server.journal.entries.at(-1) ?? {};
    expect(headers?.["idempotency-key"]).toBe("execution/turn#1");
    expect(JSON.stringify(body)).toContain(
      '{"type":"object","properties":{"city":{"type":"string"}}}',
    );
  });

  test("says how to reach a provider that is not there", async () => {
    const settings = { baseUrl: "http://127.0.0.1:9", apiKey };
    const failure = await failureOf(call(provider, "text", { settings }));
    expect(failure).toMatchObject({ reason: "network", retryable: true });
    expect(failure.hint).toContain(provider === "ollama" ? "ollama serve" : "baseUrl");
  });

  test("does not follow a redirect with the key", async () => {
    using elsewhere = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.redirect(server.url.href, 307),
    });
    const before = server.journal.toJSON().count;
    const settings = { baseUrl: elsewhere.url.origin, apiKey };
    expect((await failureOf(call(provider, "text", { settings }))).reason).toBe("invalid-request");
    expect(server.journal.toJSON().count).toBe(before);
  });
});

/** Google and Ollama transport arguments as JSON objects and have no code for an empty account. */
const textual = ["anthropic", "openai", "openai-compatible", "script"] as const;

describe.each(textual)("%s", (provider) => {
  test("hands over arguments that are not JSON as they are, and takes the history back", async () => {
    const { message, finishReason } = await call(provider, "bad-arguments");
    const part = message.parts.find(({ kind }) => kind === "tool-call");
    expect(finishReason).toBe("tool-calls");
    expect(part).toMatchObject({ arguments: undefined, rawArguments: '{"city": ' });
    if (part?.kind !== "tool-call") throw new Error("no call");

    const result: ConversationMessage = {
      role: "tool",
      parts: [
        {
          kind: "tool-result",
          callId: part.callId,
          name: part.name,
          isError: true,
          content: [{ kind: "text", text: "not JSON" }],
        },
      ],
    };
    const failure = await failureOf(
      call(provider, "bad-arguments", { messages: [question, message, result] }),
    );
    // The script has one turn: reaching its end proves that the history was valid.
    expect(failure.message).toContain("no turn");
  });
});

test.each(["anthropic", "openai", "openai-compatible", "google", "script"] as const)(
  "%s: a withheld answer is an error, one that was stopped half-way says so",
  async (provider) => {
    expect((await failureOf(call(provider, "withheld"))).reason).toBe("content-filter");
    expect((await call(provider, "half-withheld")).finishReason).toBe("content-filter");
  },
);

test.each(["openai", "openai-compatible", "script"] as const)(
  "%s: an account without money is not worth a retry",
  async (provider) => {
    const failure = await failureOf(call(provider, "no-money"));
    expect(failure).toMatchObject({ reason: "quota", retryable: false });
  },
);

test.each(["anthropic", "openai", "google"] as const)(
  "%s: a missing key is noticed before anything is sent",
  async (provider) => {
    const failure = await failureOf(call(provider, "text", { settings: {} }));
    expect(failure).toMatchObject({ reason: "credential-missing", code: "unauthenticated" });
    expect(failure.hint).toContain(`stigmer model login ${provider}`);
  },
);

test("openai-compatible: a missing base URL is an error that says how to set it", async () => {
  const failure = await failureOf(call("openai-compatible", "text", { settings: {} }));
  expect(failure.hint).toContain("providers.openai-compatible.baseUrl");
});

test("anthropic: marks the instructions and the last message for caching, and sets a limit", async () => {
  await call("anthropic", "text");
  const body = server.journal.entries.at(-1)?.body;
  const mark = (): unknown => ({ cache_control: { type: "ephemeral" } });
  expect(body).toMatchObject({
    max_tokens: 32_000,
    system: [mark()],
    messages: [{ content: [mark()] }],
  });
});

test("ollama: asks for the context of the model, at most 32768, and never lets it be cut", async () => {
  await call("ollama", "text");
  expect(server.journal.entries.at(-1)?.body).toMatchObject({
    options: { num_ctx: 32_768 },
    truncate: false,
  });
});

test("ollama: takes context size and keep-alive from the settings without asking for the model", async () => {
  const settings = { ...settingsOf.ollama, contextLength: 8_192, keepAlive: "10m" };
  const before = server.journal.toJSON().count;
  await call("ollama", "text", { settings });
  expect(server.journal.toJSON().count - before).toBe(1);
  expect(server.journal.entries.at(-1)?.body).toMatchObject({
    options: { num_ctx: 8_192 },
    keep_alive: "10m",
  });
});

test("script: plays the built-in echo without a file", async () => {
  const answer = await call("script", "echo", { settings: {} });
  expect(answer.message.parts).toEqual([{ kind: "text", text: "Classified question" }]);
  expect(answer.costUsd).toBe(0);
});

test("script: a fault ends after the attempts it is written for", async () => {
  const path = join(folder, "flaky.yaml");
  await Bun.write(path, "turns: [{ text: fine, fail: { status: 503, times: 2 } }]");
  const settings = { scriptFile: path };
  for (const attempt of [1, 2]) {
    const failure = await failureOf(call("script", "flaky", { settings, attempt }));
    expect(failure.reason).toBe("overloaded");
  }
  const answer = await call("script", "flaky", { settings, attempt: 3 });
  expect(answer.message.parts).toEqual([{ kind: "text", text: "fine" }]);
});

test("script: an unknown script is an unknown model", async () => {
  const failure = await failureOf(call("script", "nobody", { settings: {} }));
  expect(failure).toMatchObject({ reason: "model-not-found" });
  expect(failure.hint).toContain("echo");
});
