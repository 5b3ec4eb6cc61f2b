import { expect, test } from "bun:test";

import { parseScript } from "./script-file.ts";
import { type ScriptServer, startScriptServer } from "./server.ts";

const start = (yaml: string): ScriptServer =>
  startScriptServer({ script: parseScript(yaml, "demo.yaml") });

function post(server: ScriptServer, path: string, body: object) {
  return fetch(new URL(path, server.url), { method: "POST", body: JSON.stringify(body) });
}

async function lines(response: Response): Promise<Record<string, unknown>[]> {
  return (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const hi = { role: "user", content: "hi" };

test("an answer is streamed as lines, the last with its token counts", async () => {
  await using server = start(
    "turns: [{ think: hm, text: abcd, chunk: 2, usage: { input: 7, output: 3, reasoning: 1 } }]",
  );
  const response = await post(server, "/api/chat", { model: "demo", messages: [hi] });
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  const answered = await lines(response);
  expect(answered.map(({ message }) => message)).toEqual([
    { role: "assistant", content: "", thinking: "hm" },
    { role: "assistant", content: "ab" },
    { role: "assistant", content: "cd" },
    { role: "assistant", content: "" },
  ]);
  expect(answered.at(-1)).toMatchObject({
    done: true,
    done_reason: "stop",
    prompt_eval_count: 7,
    eval_count: 3,
  });
});

test("parallel calls are whole, and results pair up by name and order", async () => {
  await using server = start(`
turns:
  - tools: [{ name: a, args: { n: 1 } }, { name: b }, { name: a, args: { n: 2 } }]
    chunk: 3
  - text: "{{toolResult:a}} {{toolResult:b}}"`);
  const first = await lines(await post(server, "/api/chat", { model: "demo", messages: [hi] }));
  const calls = first.flatMap(
    ({ message }) => (message as { tool_calls?: Call[] }).tool_calls ?? [],
  );
  expect(calls.map((call): unknown => call.function)).toEqual([
    { index: 0, name: "a", arguments: { n: 1 } },
    { index: 1, name: "b", arguments: {} },
    { index: 2, name: "a", arguments: { n: 2 } },
  ]);
  const withoutIds = calls.map(({ function: { name, arguments: args } }) => ({
    function: { name, arguments: args },
  }));
  const messages = [
    hi,
    { role: "assistant", content: "", tool_calls: withoutIds },
    { role: "tool", tool_name: "a", content: "first" },
    { role: "tool", tool_name: "b", content: "second" },
    { role: "tool", tool_name: "a", content: "third" },
  ];
  const whole = await post(server, "/api/chat", { model: "demo:latest", stream: false, messages });
  expect(await whole.json()).toMatchObject({ message: { content: "third second" }, done: true });

  const unasked = [...messages, { role: "tool", tool_name: "c", content: "?" }];
  const refused = await post(server, "/api/chat", { model: "demo", messages: unasked });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toEqual({ error: expect.stringContaining("answers no call") });
});

interface Call {
  readonly function: { readonly name: string; readonly arguments: object };
}

test("an error inside the stream is a line of its own", async () => {
  await using server = start("turns: [{ text: ab, midError: { message: hot } }]");
  const answered = await lines(await post(server, "/api/chat", { model: "demo", messages: [hi] }));
  expect(answered.at(-1)).toEqual({ error: "hot" });
});

test("a model says that it takes tools and how long its context is", async () => {
  await using server = start("scripts: { demo: { turns: [{ text: a }] } }");
  const shown = await (await post(server, "/api/show", { model: "demo:latest" })).json();
  expect(shown).toMatchObject({
    capabilities: expect.arrayContaining(["tools"]),
    model_info: { "script.context_length": 131_072 },
  });
  expect((await post(server, "/api/show", { model: "other" })).status).toBe(404);
  const version = await fetch(new URL("/api/version", server.url));
  expect(await version.json()).toEqual({ version: expect.any(String) });
});

test("a call cut off in its arguments is not sent, and broken arguments are sent as text", async () => {
  const tools = "tools: [{ name: a, args: { path: abcdefgh } }], chunk: 4";
  await using server = start(
    `scripts: { cut: { turns: [{ ${tools}, eofAfter: 2 }] },
      broken: { turns: [{ ${tools}, malformedArgs: '{"a":' }] } }`,
  );
  const cut = await post(server, "/api/chat", { model: "cut", messages: [hi] });
  expect(await cut.text()).toBe("");
  const broken = await post(server, "/api/chat", {
    model: "broken",
    stream: false,
    messages: [hi],
  });
  expect(await broken.json()).toMatchObject({
    message: { tool_calls: [{ function: { name: "a", arguments: '{"a":' } }] },
  });
});
