import { expect, test } from "bun:test";

import { parseScript } from "./script-file.ts";
import { startScriptServer } from "./server.ts";

const hi = { role: "user", parts: [{ text: "hi" }] };

async function ask(turns: string, contents: object[] = [hi]): Promise<unknown> {
  const script = parseScript(`turns: ${turns}`, "demo.yaml");
  await using server = startScriptServer({ script });
  const response = await fetch(new URL("/v1beta/models/demo:generateContent", server.url), {
    method: "POST",
    body: JSON.stringify({ contents }),
  });
  return response.json();
}

test("a whole answer has thoughts, text and calls in order, and tokens apart", async () => {
  const turn =
    "{ think: hm, text: ok, tools: [{ name: t, args: { n: 1 } }], " +
    "usage: { input: 10, output: 6, cacheRead: 4, reasoning: 2 } }";
  expect(await ask(`[${turn}]`)).toMatchObject({
    candidates: [
      {
        content: {
          role: "model",
          parts: [
            { text: "hm", thought: true },
            { text: "ok" },
            { functionCall: { name: "t", args: { n: 1 } } },
          ],
        },
        finishReason: "STOP",
      },
    ],
    usageMetadata: {
      promptTokenCount: 10,
      cachedContentTokenCount: 4,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 2,
      totalTokenCount: 16,
    },
  });
});

test("broken arguments are no call but a reason for the end", async () => {
  expect(await ask("[{ tools: [{ name: t }], malformedArgs: '{' }]")).toMatchObject({
    candidates: [{ content: { parts: [] }, finishReason: "MALFORMED_FUNCTION_CALL" }],
  });
});

test("a rate limit says in its details too when to retry", async () => {
  expect(await ask("[{ fail: { status: 429, retryAfter: 7, message: slow } }]")).toEqual({
    error: {
      code: 429,
      message: "slow",
      status: "RESOURCE_EXHAUSTED",
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" }],
    },
  });
});

test("results without ids pair up by name", async () => {
  const call = { role: "model", parts: [{ functionCall: { name: "t", args: {} } }] };
  const result = (name: string) => ({
    role: "user",
    parts: [{ functionResponse: { name, response: { output: "found" } } }],
  });
  const turns = "[{ chunk: 1 }, { text: '{{toolResult:t}}' }]";
  expect(await ask(turns, [hi, call, result("t")])).toMatchObject({
    candidates: [{ content: { parts: [{ text: "found" }] } }],
  });
  expect(await ask(turns, [hi, call, result("u")])).toMatchObject({ error: { code: 400 } });
});
