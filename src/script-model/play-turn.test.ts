import { describe, expect, test } from "bun:test";

import { builtinScripts } from "./builtin-scripts.ts";
import { FaultCounter } from "./fault-counter.ts";
import { playChunks } from "./play-chunks.ts";
import { playTurn } from "./play-turn.ts";
import { parseScript } from "./script-file.ts";
import type { ScriptMessage, ScriptRequest, ScriptTool } from "./script-request.ts";

const user = (text: string): ScriptMessage => ({ role: "user", text });
const said = (text: string): ScriptMessage => ({ role: "assistant", text, toolCalls: [] });
const called = (id: string, name: string): ScriptMessage => ({
  role: "assistant",
  text: "",
  toolCalls: [{ id, name, arguments: "{}" }],
});
const result = (callId: string, text: string): ScriptMessage => ({ role: "tool", callId, text });

function request(messages: ScriptMessage[], more: Partial<ScriptRequest> = {}): ScriptRequest {
  return { model: "demo", system: "", tools: [], ...more, messages };
}

function play(yaml: string, messages: ScriptMessage[], more: Partial<ScriptRequest> = {}) {
  return playTurn(parseScript(yaml, "demo.yaml"), request(messages, more));
}

describe("the turn", () => {
  const yaml = "turns: [{ tools: [{ name: read }] }, { text: done }]";

  test("is the number of assistant messages since the last user message", () => {
    expect(play(yaml, [user("a")]).turn).toBe(0);
    expect(play(yaml, [user("a"), called("1", "read"), result("1", "x")]).turn).toBe(1);
    expect(play(yaml, [user("a"), said("done"), user("b")]).turn).toBe(0);
  });

  test("is the same plan for the same request", () => {
    expect(play(yaml, [user("a")])).toEqual(play(yaml, [user("a")]));
    expect(play(yaml, [user("a")]).toolCalls).not.toEqual(play(yaml, [user("b")]).toolCalls);
  });

  test("that is missing is an error, not silence", () => {
    const messages = [user("a"), said("x"), said("y")];
    expect(() => play(yaml, messages)).toThrow("no turn for this request");
  });

  test("is unknown for a model without a script", () => {
    expect(() => playTurn(builtinScripts, request([user("a")]))).toThrow('model "demo"');
  });
});

describe("a turn with conditions", () => {
  const yaml = `
turns:
  - { when: { user: weather }, tools: [{ name: forecast }] }
  - { when: { user: news }, tools: [{ name: headlines }] }
  - { when: { toolResult: "/error: (?<what>.+)/i" }, text: "failed: {{match:what}}" }
  - { when: { system: brief }, text: short }
  - { text: long }`;

  test("is passed over when they do not hold", () => {
    expect(play(yaml, [user("the News")]).turn).toBe(1);
    expect(play(yaml, [user("hello")], { system: "Be brief." }).text).toBe("short");
    expect(play(yaml, [user("hello")]).text).toBe("long");
  });

  test("is looked for after the branch that was taken", () => {
    const asked = [user("news"), called("1", "headlines")];
    expect(play(yaml, [...asked, result("1", "none")]).text).toBe("long");
    expect(play(yaml, [...asked, result("1", "Error: no net")]).text).toBe("failed: no net");
  });

  test("does not see a tool result of an earlier question", () => {
    const before = [
      user("news"),
      called("1", "headlines"),
      result("1", "error: x"),
      said("failed"),
    ];
    expect(play(yaml, [...before, user("hello")]).text).toBe("long");
  });
});

describe("a template", () => {
  const conversation = [
    user("first"),
    said("ok"),
    user("second"),
    called("1", "read"),
    result("1", "content of the file"),
    called("2", "list"),
    result("2", "a, b"),
  ];
  const tools: ScriptTool[] = [
    { name: "read", inputSchema: {} },
    { name: "list", inputSchema: {} },
  ];
  const cases: [template: string, filled: string][] = [
    ["{{user}}", "second"],
    ["{{ history:1 }}", "first"],
    ["[{{history:9}}]", "[]"],
    ["{{toolResult}}", "a, b"],
    ["{{toolResult:read}}", "content of the file"],
    ["[{{toolResult:other}}]", "[]"],
    ["{{system}} {{model}} {{tools}}", "sys demo read, list"],
    ["\\{{user}}", "{{user}}"],
    ['{"a":{"b":1}}', '{"a":{"b":1}}'],
  ];
  test.each(cases)("%s becomes %s", (template, filled) => {
    const text = JSON.stringify(template);
    const yaml = `turns: [{ chunk: 1 }, { chunk: 1 }, { text: ${text} }]`;
    expect(play(yaml, conversation, { tools, system: "sys" }).text).toBe(filled);
  });

  test("fills strings anywhere in arguments, from a captured group too", () => {
    const yaml = `
turns:
  - when: { user: '/read (\\S+)/' }
    tools: [{ name: read, args: { path: "{{match:1}}", opts: [{ note: "{{user}}" }, 3] } }]`;
    const [call] = play(yaml, [user("read a.txt")]).toolCalls;
    expect(JSON.parse(call!.arguments)).toEqual({
      path: "a.txt",
      opts: [{ note: "read a.txt" }, 3],
    });
  });

  test("does not fill what it filled in", () => {
    expect(play("turns: [{ text: '{{user}}' }]", [user("{{system}}")]).text).toBe("{{system}}");
  });
});

describe("a plan", () => {
  test("cuts thoughts, text and arguments into pieces without splitting a character", () => {
    const yaml = "turns: [{ think: ab, text: 'x😀y', tools: [{ name: t, args: {} }], chunk: 2 }]";
    expect(play(yaml, [user("a")]).chunks).toEqual([
      { kind: "think", text: "ab" },
      { kind: "text", text: "x😀" },
      { kind: "text", text: "y" },
      { kind: "tool", call: 0, piece: "{}", first: true, last: true },
    ]);
  });

  test("has the stated usage, and estimates the rest", () => {
    const stated = "turns: [{ usage: { input: 10, output: 7, cacheRead: 4, reasoning: 2 } }]";
    const { usage } = play(stated, [user("a")]);
    expect(usage).toEqual({ input: 10, output: 7, cacheRead: 4, cacheWrite: 0, reasoning: 2 });
    expect(play("turns: [{ text: abcdefgh }]", [user("12345678")]).usage.input).toBe(2);
  });

  test("sends broken arguments as they are written", () => {
    const yaml = `turns: [{ tools: [{ name: t }], malformedArgs: '{"a":' }]`;
    expect(play(yaml, [user("a")]).toolCalls[0]?.arguments).toBe('{"a":');
  });
});

describe("faults", () => {
  test("are met in order, each for its times, in each conversation by itself", () => {
    const yaml =
      "turns: [{ fail: { times: 2, status: 429 }, cutAfter: 1, faultTimes: 1, text: x }]";
    const counter = new FaultCounter();
    const plan = play(yaml, [user("a")]);
    const kinds = Array.from({ length: 4 }, () => counter.next(plan)?.kind);
    expect(kinds).toEqual(["fail", "fail", "cut", undefined]);
    expect(counter.next(play(yaml, [user("b")]))?.kind).toBe("fail");
    counter.reset();
    expect(counter.next(plan)?.kind).toBe("fail");
  });

  test("end the chunks where they are placed", async () => {
    const plan = play("turns: [{ text: abcdef, chunk: 2, eofAfter: 1 }]", [user("a")]);
    const fault = new FaultCounter().next(plan);
    if (fault?.kind !== "eof") throw new Error("The plan has no eof.");
    const events = playChunks(plan, fault, new AbortController().signal);
    expect((await Array.fromAsync(events)).map(({ kind }) => kind)).toEqual(["chunk", "eof"]);
  });

  test("leave a delay when the signal aborts", async () => {
    const plan = play("turns: [{ text: abcd, chunk: 2, delayMs: 3600000 }]", [user("a")]);
    const abort = new AbortController();
    const events = playChunks(plan, undefined, abort.signal);
    await events.next();
    const waiting = events.next().catch((thrown: unknown) => thrown);
    abort.abort();
    expect(await waiting).toMatchObject({ name: "AbortError" });
  });
});

describe("a built-in script", () => {
  test("echo answers with the last user message", () => {
    const plan = playTurn(
      builtinScripts,
      request([user("a"), said("a"), user("b")], { model: "echo" }),
    );
    expect(plan.text).toBe("b");
  });

  test("auto calls each tool once and then answers", () => {
    const tools = [
      {
        name: "read",
        inputSchema: {
          type: "object",
          required: ["path"],
          properties: { path: { type: "string", minLength: 2 } },
        },
      },
      { name: "now", inputSchema: {} },
    ];
    const first = playTurn(builtinScripts, request([user("go")], { model: "auto", tools }));
    expect(first.toolCalls.map(({ name, arguments: args }) => [name, args])).toEqual([
      ["read", '{"path":"xx"}'],
      ["now", "{}"],
    ]);
    const [read, now] = first.toolCalls;
    const after: ScriptMessage[] = [
      user("go"),
      { role: "assistant", text: "", toolCalls: first.toolCalls },
      result(read!.id, "file"),
      result(now!.id, "noon"),
    ];
    const second = playTurn(builtinScripts, request(after, { model: "auto", tools }));
    expect(second).toMatchObject({
      finish: "stop",
      text: "Called read, now. The last result: noon",
    });
  });
});
