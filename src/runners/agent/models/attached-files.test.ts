import { afterAll, describe, expect, test } from "bun:test";
import type { ModelProviderName } from "../../../contract/model-providers.ts";
import { parseScript } from "../../../script-model/script-file.ts";
import { startScriptServer } from "../../../script-model/server.ts";
import type { ConversationPart } from "./conversation.ts";
import { callModel } from "./model-call.ts";
import type { ModelError } from "./model-error.ts";
import type { ModelAnswer, Transport } from "./model-request.ts";

const server = startScriptServer({ script: parseScript("turns: [{ text: Seen. }]", "s.yaml") });
afterAll(() => server[Symbol.asyncDispose]());

const data = Buffer.from("the content").toString("base64");
const png: ConversationPart = {
  kind: "image",
  base64: data,
  mediaType: "image/png",
  name: "a.png",
};
const gif: ConversationPart = {
  kind: "image",
  base64: data,
  mediaType: "image/gif",
  name: "a.gif",
};
const pdf: ConversationPart = {
  kind: "file",
  base64: data,
  mediaType: "application/pdf",
  name: "a.pdf",
};
const addresses: Record<ModelProviderName, string> = {
  anthropic: server.url.origin,
  openai: `${server.url.origin}/v1`,
  google: server.url.origin,
  "openai-compatible": `${server.url.origin}/v1`,
  ollama: server.url.host,
  script: "",
};

interface Asked {
  readonly answer: Promise<ModelAnswer>;
  readonly bodies: unknown[];
}

/** @param capabilities what an Ollama says of its model */
function ask(
  provider: ModelProviderName,
  part: ConversationPart,
  capabilities: readonly string[] = [],
): Asked {
  const bodies: unknown[] = [];
  const transport: Transport = async (url, init) => {
    if (url.endsWith("/api/show")) return Response.json({ model_info: {}, capabilities });
    bodies.push(JSON.parse(init.body as string));
    return await fetch(url, init);
  };
  const answer = callModel(
    {
      model: { provider, name: "m" },
      instructions: "",
      messages: [{ role: "user", parts: [part, { kind: "text", text: "What is it?" }] }],
      tools: [],
      parameters: {},
      idempotencyKey: "k",
      firstByteTimeoutMs: 2_000,
      idleTimeoutMs: 2_000,
      signal: new AbortController().signal,
      settings: { apiKey: "key", contextLength: 4_096, baseUrl: addresses[provider] },
      transport,
    },
    () => undefined,
  );
  return { answer, bodies };
}

describe("a file reaches", () => {
  test.each<[ModelProviderName, ConversationPart]>([
    ["anthropic", png],
    ["anthropic", gif],
    ["anthropic", pdf],
    ["google", png],
    ["google", pdf],
    ["openai", png],
    ["openai-compatible", png],
    ["ollama", png],
  ])("%s", async (provider, part) => {
    const { answer, bodies } = ask(provider, part, ["vision"]);
    await answer;
    expect(JSON.stringify(bodies)).toContain(data);
  });
});

describe("a file is refused before anything is sent, with the names of model and file, by", () => {
  test.each<[ModelProviderName, ConversationPart, string]>([
    ["google", gif, "a.gif (image/gif)"],
    ["openai", pdf, "a.pdf (application/pdf)"],
    ["openai-compatible", pdf, "a.pdf (application/pdf)"],
    ["ollama", png, "a.png (image/png)"],
    ["ollama", pdf, "a.pdf (application/pdf)"],
  ])("%s", async (provider, part, file) => {
    const { answer, bodies } = ask(provider, part, ["completion", "tools"]);
    const error = await answer.then(
      () => undefined,
      (thrown: ModelError) => thrown,
    );
    expect(error).toMatchObject({
      reason: "invalid-request",
      retryable: false,
      message: `${provider}/m cannot read ${file}.`,
    });
    expect(bodies).toEqual([]);
  });
});
