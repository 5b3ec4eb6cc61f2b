import { afterAll, expect, test } from "bun:test";
import type { Json } from "../../../contract/json.ts";
import type { ModelProviderName } from "../../../contract/model-providers.ts";
import { startScriptServer } from "../../../script-model/server.ts";
import { parseScript } from "../../../script-model/script-file.ts";
import { callModel } from "./model-call.ts";
import type { ToolDefinition, Transport } from "./model-request.ts";

const server = startScriptServer({ script: parseScript("turns: [{ text: '{}' }]", "s.yaml") });
afterAll(() => server[Symbol.asyncDispose]());

const outputSchema: Json = {
  type: "object",
  properties: { total: { type: "number", minimum: 0 } },
};
const tool = { name: "look", description: "Looks.", inputSchema: { type: "object" } };

/** The body of the request for an answer that has to satisfy the schema. */
async function bodyOf(
  provider: ModelProviderName,
  tools: readonly ToolDefinition[],
  baseUrl?: string,
): Promise<Record<string, unknown>> {
  const bodies: Record<string, unknown>[] = [];
  const transport: Transport = (url, init) => {
    bodies.push(JSON.parse(init.body as string) as Record<string, unknown>);
    return fetch(baseUrl === undefined ? server.url : url, init);
  };
  await callModel(
    {
      model: { provider, name: "m" },
      instructions: "Count.",
      messages: [{ role: "user", parts: [{ kind: "text", text: "total?" }] }],
      tools,
      parameters: {},
      outputSchema,
      idempotencyKey: "k",
      firstByteTimeoutMs: 2_000,
      idleTimeoutMs: 2_000,
      signal: new AbortController().signal,
      settings: {
        apiKey: "key",
        contextLength: 4_096,
        ...(baseUrl === undefined ? {} : { baseUrl }),
      },
      transport,
    },
    () => undefined,
  ).catch((thrown: unknown) => {
    // The server speaks no Responses API; what it was sent is all that is looked at.
    if (provider !== "openai" || baseUrl !== undefined) throw thrown;
  });
  return bodies.at(-1) ?? {};
}

test("OpenAI is held to the schema, also beside tools, and not to its own part of JSON Schema", async () => {
  const body = await bodyOf("openai", [tool]);
  expect(body["text"]).toEqual({
    format: { type: "json_schema", name: "answer", schema: outputSchema, strict: false },
  });
});

test("Ollama is held to the schema where no tool is offered: both at once rule out calls", async () => {
  expect((await bodyOf("ollama", [], server.url.host))["format"]).toEqual(outputSchema);
  expect((await bodyOf("ollama", [tool], server.url.host))["format"]).toBeUndefined();
});

test("Gemini is held to JSON where no tool is offered: it refuses both at once", async () => {
  const config = (body: Record<string, unknown>) => JSON.stringify(body["generationConfig"] ?? {});
  const alone = config(await bodyOf("google", [], server.url.origin));
  expect(alone).toContain('"responseMimeType":"application/json"');
  expect(alone).not.toContain("minimum");
  expect(config(await bodyOf("google", [tool], server.url.origin))).not.toContain(
    "responseMimeType",
  );
});

test.each(["anthropic", "openai", "openai-compatible"] as const)(
  "%s at any address has the instructions alone: its tools stay the agent's own",
  async (provider) => {
    const url = provider === "anthropic" ? server.url.origin : `${server.url.origin}/v1`;
    const body = await bodyOf(provider, [tool], url);
    expect(JSON.stringify(body)).not.toContain("minimum");
    expect(body["tools"]).toHaveLength(1);
  },
);
