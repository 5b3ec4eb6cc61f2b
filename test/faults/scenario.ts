import type { JsonObject } from "@bufbuild/protobuf";

/** A tool call of a scenario; `id` tells it apart in the file that the server writes. */
export interface ScenarioCall {
  readonly id: string;
  readonly tool: "read" | "put" | "send" | "fail";
}

/** What a scripted model asks for, and what it means for tools. */
export interface Scenario {
  /** Turns of a script file. */
  readonly turns: readonly object[];
  /** By the key of its operation in the journal. */
  readonly calls: Readonly<Record<string, ScenarioCall>>;
  /** JSON Schema of the answer. */
  readonly outputSchema?: JsonObject;
  /** Cancelled while this call runs; or, when that was cut short, as soon as the next turn starts. */
  readonly cancelDuring?: { readonly call: string; readonly turn: number };
}

/** Calling these again does no harm. */
export function isRepeatable({ tool }: ScenarioCall): boolean {
  return tool !== "send";
}

/** A model that fails once, three tools in parallel of which one is unsafe, a second turn, an answer. */
export const mainScenario: Scenario = {
  turns: [
    {
      fail: { status: 503, retryAfter: 0 },
      text: "I look.",
      // They end one after the other, so that each end is an append of its own.
      tools: [toolCall("read", "a"), toolCall("read", "b", 160), toolCall("send", "c", 80)],
      usage: { input: 100, output: 10 },
    },
    { tools: [toolCall("put", "d"), toolCall("fail", "e", 80)], usage: { input: 200, output: 20 } },
    { text: "It is done.", usage: { input: 300, output: 30 } },
  ],
  calls: {
    "tool#1[0]": { tool: "read", id: "a" },
    "tool#1[1]": { tool: "read", id: "b" },
    "tool#1[2]": { tool: "send", id: "c" },
    "tool#2[0]": { tool: "put", id: "d" },
    "tool#2[1]": { tool: "fail", id: "e" },
  },
};

/** Cancelled in the middle of a slow unsafe tool; without the cancel it would never end. */
export const cancelScenario: Scenario = {
  turns: [
    { tools: [toolCall("read", "a")], usage: { input: 100, output: 10 } },
    { tools: [toolCall("send", "b", 600_000)], usage: { input: 200, output: 20 } },
    { hang: true },
  ],
  calls: {
    "tool#1[0]": { tool: "read", id: "a" },
    "tool#2[0]": { tool: "send", id: "b" },
  },
  cancelDuring: { call: "b", turn: 2 },
};

/** An answer that is none yet, a tool, and the answer that it was asked for. */
export const repairScenario: Scenario = {
  turns: [
    { when: { user: "Go." }, text: "It is four.", usage: { input: 100, output: 10 } },
    {
      when: { user: "does not satisfy" },
      tools: [toolCall("read", "a")],
      usage: { input: 200, output: 20 },
    },
    {
      when: { user: "does not satisfy" },
      text: '{"total": 4}',
      usage: { input: 300, output: 30 },
    },
  ],
  calls: { "tool#1[0]": { tool: "read", id: "a" } },
  outputSchema: {
    type: "object",
    properties: { total: { type: "number" } },
    required: ["total"],
  },
};

/** One call of a script's `tools`. */
export function toolCall(tool: ScenarioCall["tool"], id: string, delayMs = 0): object {
  return { name: `counter__${tool}`, args: { id, delayMs } };
}
