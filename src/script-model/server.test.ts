import { describe, expect, test } from "bun:test";

import { builtinScripts } from "./builtin-scripts.ts";
import type { JournalReport } from "./request-journal.ts";
import { parseScript } from "./script-file.ts";
import { type ScriptServer, startScriptServer } from "./server.ts";

const start = (yaml: string): ScriptServer =>
  startScriptServer({ script: parseScript(yaml, "demo.yaml") });

/** One request of each wire that asks the same question. */
const wires = {
  openai: (model: string, stream: boolean) => ({
    path: "/v1/chat/completions",
    body: { model, stream, messages: [{ role: "user", content: "hi" }] },
  }),
  anthropic: (model: string, stream: boolean) => ({
    path: "/v1/messages",
    body: { model, stream, max_tokens: 9, messages: [{ role: "user", content: "hi" }] },
  }),
  ollama: (model: string, stream: boolean) => ({
    path: "/api/chat",
    body: { model, stream, messages: [{ role: "user", content: "hi" }] },
  }),
  google: (model: string, stream: boolean) => ({
    path: `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: { contents: [{ role: "user", parts: [{ text: "hi" }] }] },
  }),
};
const wireNames = Object.keys(wires) as (keyof typeof wires)[];

function post(server: ScriptServer, path: string, body: unknown, init: RequestInit = {}) {
  const content = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(new URL(path, server.url), { method: "POST", body: content, ...init });
}

function ask(server: ScriptServer, wire: keyof typeof wires, stream = true, init?: RequestInit) {
  const { path, body } = wires[wire]("demo", stream);
  return post(server, path, body, init);
}

async function journalOf(server: ScriptServer): Promise<JournalReport> {
  const response = await fetch(new URL("/__journal", server.url));
  return (await response.json()) as JournalReport;
}

/** Reads a body until it ends or breaks. */
async function drain(response: Response): Promise<{ text: string; broken: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of response.body!) text += decoder.decode(bytes, { stream: true });
    return { text, broken: false };
  } catch {
    return { text, broken: true };
  }
}

const endOf = (response: Promise<Response>): Promise<string> =>
  response.then(
    () => "answered",
    () => "failed",
  );

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(wireNames)("on the %s wire", (wire) => {
  test("a scripted failure has its status, Retry-After and message, then the turn succeeds", async () => {
    await using server = start(
      "turns: [{ text: fine, fail: { times: 2, status: 429, retryAfter: 3, message: slow down } }]",
    );
    for (const stream of [true, false]) {
      const failed = await ask(server, wire, stream);
      expect(failed.status).toBe(429);
      expect(failed.headers.get("retry-after")).toBe("3");
      expect(await failed.text()).toContain("slow down");
    }
    const answered = await ask(server, wire);
    expect(answered.status).toBe(200);
    expect(await answered.text()).toContain("fine");
  });

  test("a cut breaks the connection after what was sent", async () => {
    await using server = start("turns: [{ text: abcdefgh, chunk: 2, cutAfter: 2 }]");
    const { text, broken } = await drain(await ask(server, wire));
    expect(broken).toBe(true);
    expect(text).toContain("ab");
    expect(text).toContain("cd");
    expect(text).not.toContain('"ef"');
    expect(server.journal.entries[0]).toMatchObject({ outcome: "faulted", fault: "cut" });
  });

  test("an early end is clean and has no finish", async () => {
    await using server = start("turns: [{ text: abcdefgh, chunk: 2, eofAfter: 2 }]");
    const { text, broken } = await drain(await ask(server, wire));
    expect(broken).toBe(false);
    expect(text).toContain("cd");
    expect(text).not.toMatch(/"ef"|DONE|message_stop|"done":true|"finishReason"/);
  });

  test("an error inside the stream comes after its chunks", async () => {
    await using server = start(
      "turns: [{ text: abcd, chunk: 2, midError: { after: 1, message: overheated } }]",
    );
    const { text, broken } = await drain(await ask(server, wire));
    expect(broken).toBe(false);
    expect(text).toMatch(/ab[^]*overheated/);
    expect(text).not.toContain('"cd"');
    const whole = await ask(server, wire, false);
    expect(whole.status).toBe(503);
    expect(await whole.text()).toContain("overheated");
  });

  test("a whole answer can be cut, or end in the middle", async () => {
    await using server = start(
      "scripts: { demo: { turns: [{ text: abcdefgh, cutAfter: 0, faultTimes: 1 }] }, " +
        "short: { turns: [{ text: abcdefgh, eofAfter: 0 }] } }",
    );
    expect((await drain(await ask(server, wire, false))).broken).toBe(true);
    const { path, body } = wires[wire]("short", false);
    const { text, broken } = await drain(await post(server, path, body));
    expect(broken).toBe(false);
    expect(() => JSON.parse(text)).toThrow();
    expect(await (await ask(server, wire, false)).json()).toBeObject();
  });

  test("a hanging request is accepted, and ends when the client leaves", async () => {
    await using server = start("turns: [{ hang: true }]");
    const leave = new AbortController();
    const ended = endOf(ask(server, wire, true, { signal: leave.signal }));
    await until(() => server.journal.entries.length === 1);
    expect(server.journal.entries[0]?.outcome).toBe("pending");
    leave.abort();
    expect(await ended).toBe("failed");
    await until(() => server.journal.entries[0]?.outcome !== "pending");
    expect(server.journal.entries[0]).toMatchObject({ outcome: "faulted", fault: "hang" });
  });

  test("a client that leaves in the middle is seen", async () => {
    await using server = start("turns: [{ text: abcd, chunk: 2, delayMs: 3600000 }]");
    const leave = new AbortController();
    const response = await ask(server, wire, true, { signal: leave.signal });
    await response.body!.getReader().read();
    leave.abort();
    await until(() => server.journal.entries[0]?.outcome !== "pending");
    expect(server.journal.entries[0]?.outcome).toBe("abandoned");
  });

  test("a client that leaves before the answer starts is seen", async () => {
    await using server = start("turns: [{ text: a, firstDelayMs: 3600000 }]");
    const leave = new AbortController();
    const ended = endOf(ask(server, wire, true, { signal: leave.signal }));
    await until(() => server.journal.entries.length === 1);
    expect(server.journal.entries[0]?.outcome).toBe("pending");
    leave.abort();
    expect(await ended).toBe("failed");
    await until(() => server.journal.entries[0]?.outcome !== "pending");
    expect(server.journal.entries[0]?.outcome).toBe("abandoned");
  });

  test("an unknown model is not found", async () => {
    await using server = startScriptServer({ script: builtinScripts });
    const response = await ask(server, wire);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("demo");
  });

  test("a body that is not this wire's request is refused", async () => {
    await using server = start("turns: [{ text: a }]");
    const { path } = wires[wire]("demo", true);
    for (const body of ["{not json", "", "[]", { model: "demo", messages: 3, contents: [] }]) {
      const response = await post(server, path, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toHaveProperty("error");
    }
  });

  test("every repetition of a request is counted", async () => {
    await using server = start("turns: [{ text: a, fail: { times: 2, status: 500 } }]");
    for (const expected of [500, 500, 200]) expect((await ask(server, wire)).status).toBe(expected);
    const journal = await journalOf(server);
    expect(journal.requestsByModel).toEqual({ demo: 3 });
    expect(journal.requests.map((request) => request.wire)).toEqual([wire, wire, wire]);
  });
});

describe("an invalid history", () => {
  const call = { id: "c1", type: "function", function: { name: "t", arguments: "{}" } };
  const asked = [
    { role: "user", content: "hi" },
    { role: "assistant", content: null, tool_calls: [call] },
  ];
  const cases: [name: string, messages: object[], problem: string][] = [
    ["a call without a result", asked, "has no result"],
    ["a call answered too late", [...asked, { role: "user", content: "well?" }], "has no result"],
    [
      "a result without a call",
      [asked[0]!, { role: "tool", tool_call_id: "c9", content: "x" }],
      "answers no call",
    ],
    [
      "two results for a call",
      [...asked, ...["x", "y"].map((content) => ({ role: "tool", tool_call_id: "c1", content }))],
      "answers no call",
    ],
    ["no user message", [{ role: "system", content: "x" }], "no user message"],
  ];
  test.each(cases)("with %s is refused", async (_name, messages, problem) => {
    await using server = start("turns: [{ text: a }, { text: b }]");
    const response = await post(server, "/v1/chat/completions", { model: "m", messages });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(problem);
    expect(server.journal.entries[0]?.outcome).toBe("refused");
  });

  test("is taken when histories are not strict", async () => {
    const script = parseScript("turns: [{ text: a }, { text: b }]", "demo.yaml");
    await using server = startScriptServer({ script, histories: "any" });
    const response = await post(server, "/v1/chat/completions", { model: "m", messages: asked });
    expect(response.status).toBe(200);
  });
});

describe("the journal", () => {
  test("keeps what was sent, but no credential", async () => {
    await using server = start("turns: [{ text: a }]");
    const headers = {
      authorization: "Bearer hush",
      "x-api-key": "hush",
      "x-goog-api-key": "hush",
      cookie: "hush",
      "idempotency-key": "once-1",
    };
    await (await ask(server, "openai", true, { headers })).text();
    const journal = await journalOf(server);
    expect(JSON.stringify(journal)).not.toContain("hush");
    expect(journal.requests[0]).toMatchObject({
      number: 1,
      method: "POST",
      path: "/v1/chat/completions",
      headers: { "idempotency-key": "once-1", authorization: "(hidden)" },
      body: { messages: [{ role: "user", content: "hi" }] },
      model: "demo",
      script: "demo",
      turn: 0,
      status: 200,
      outcome: "completed",
      durationMs: expect.any(Number),
    });
  });

  test("does not keep the key a query carries", async () => {
    await using server = start("turns: [{ text: a }]");
    await post(server, "/v1beta/models/m:generateContent?key=hush", wires.google("m", false).body);
    expect(JSON.stringify(await journalOf(server))).not.toContain("hush");
  });

  test("and the counted faults are forgotten on reset", async () => {
    await using server = start("turns: [{ text: a, fail: { status: 500 } }]");
    expect((await ask(server, "openai")).status).toBe(500);
    expect((await post(server, "/__reset", "")).status).toBe(204);
    expect((await journalOf(server)).count).toBe(0);
    expect((await ask(server, "openai")).status).toBe(500);
  });

  test("has requests for paths that no wire has", async () => {
    await using server = start("turns: [{ text: a }]");
    expect((await fetch(new URL("/v1/nothing", server.url))).status).toBe(404);
    expect(server.journal.entries[0]).toMatchObject({ path: "/v1/nothing", outcome: "refused" });
  });
});

describe("the server", () => {
  test("listens on loopback alone and closes with its signal", async () => {
    const closing = new AbortController();
    const script = builtinScripts;
    const server = startScriptServer({ script, signal: closing.signal });
    expect(server.url.hostname).toBe("127.0.0.1");
    expect((await fetch(new URL("/__journal", server.url))).status).toBe(200);
    closing.abort();
    expect(await endOf(fetch(new URL("/__journal", server.url)))).toBe("failed");
    expect(() => startScriptServer({ script, signal: closing.signal })).toThrow("not started");
  });

  test("says when its port is taken", async () => {
    await using server = startScriptServer({ script: builtinScripts });
    const port = Number(server.url.port);
    expect(() => startScriptServer({ script: builtinScripts, port })).toThrow(`127.0.0.1:${port}`);
  });

  test("stops writing to a reader that does not read, and sees it leave", async () => {
    await using server = start("turns: [{ text: '{{user}}', chunk: 10000 }]");
    const messages = [{ role: "user", content: "x".repeat(16_000_000) }];
    const leave = new AbortController();
    const body = { model: "m", stream: true, messages };
    const response = await post(server, "/v1/chat/completions", body, { signal: leave.signal });
    await response.body!.getReader().read();
    expect(server.journal.entries[0]?.outcome).toBe("pending");
    leave.abort();
    await until(() => server.journal.entries[0]?.outcome !== "pending");
    expect(server.journal.entries[0]?.outcome).toBe("abandoned");
  });

  test.each(["hang: true", "text: a, firstDelayMs: 3600000"])(
    "ends { %s } when it closes",
    async (turn) => {
      const server = start(`turns: [{ ${turn} }]`);
      const ended = endOf(ask(server, "openai"));
      await until(() => server.journal.entries.length === 1);
      await server[Symbol.asyncDispose]();
      expect(await ended).toBe("failed");
      await until(() => server.journal.entries[0]?.outcome !== "pending");
    },
  );
});
