import { expect, test } from "bun:test";
import type { ConversationMessage, ToolResultContent } from "./conversation.ts";
import { toPrompt } from "./prompt.ts";

const model = { provider: "anthropic", name: "claude" } as const;
const user: ConversationMessage = { role: "user", parts: [{ kind: "text", text: "Hi" }] };
const png = { kind: "image", base64: "iVBO", mediaType: "image/png" } as const;

function assistant(provider: string): ConversationMessage {
  return {
    role: "assistant",
    provider,
    parts: [
      { kind: "reasoning", text: "Hmm", providerData: { anthropic: { signature: "s1" } } },
      { kind: "text", text: "Looking" },
      {
        kind: "tool-call",
        callId: "c1",
        name: "look",
        arguments: { at: 1 },
        providerData: { anthropic: { caller: "x" } },
      },
      { kind: "opaque", providerData: { type: "custom", kind: "anthropic.fallback" } },
    ],
  };
}

function result(content: readonly ToolResultContent[], isError = false): ConversationMessage {
  return {
    role: "tool",
    parts: [{ kind: "tool-result", callId: "c1", name: "look", isError, content }],
  };
}

const promptOf = (
  messages: readonly ConversationMessage[],
  images: "inline" | "separate" = "inline",
) => toPrompt({ model, instructions: "Be brief", messages }, images);

test("what a provider produced goes back to it whole", () => {
  const [, , message] = promptOf([user, assistant("anthropic")]);
  expect(message?.content).toEqual([
    { type: "reasoning", text: "Hmm", providerOptions: { anthropic: { signature: "s1" } } },
    { type: "text", text: "Looking" },
    {
      type: "tool-call",
      toolCallId: "c1",
      toolName: "look",
      input: { at: 1 },
      providerOptions: { anthropic: { caller: "x" } },
    },
    { type: "custom", kind: "anthropic.fallback" },
  ] as never);
});

test("another provider gets text and calls only", () => {
  const [, , message] = promptOf([user, assistant("openai")]);
  expect(message?.content).toEqual([
    { type: "text", text: "Looking" },
    { type: "tool-call", toolCallId: "c1", toolName: "look", input: { at: 1 } },
  ]);
});

test("a longer conversation begins with the prompt of the shorter one", () => {
  const short = promptOf([user, assistant("anthropic"), result([{ kind: "text", text: "1" }])]);
  const long = promptOf([
    user,
    assistant("anthropic"),
    result([{ kind: "text", text: "1" }]),
    assistant("anthropic"),
    user,
  ]);
  expect(JSON.stringify(long)).toStartWith(JSON.stringify(short).slice(0, -1));
});

test("results in several messages become one, in order", () => {
  const messages = promptOf([
    user,
    assistant("anthropic"),
    result([{ kind: "text", text: "a" }]),
    result([{ kind: "json", value: { b: 1 } }]),
  ]);
  expect(messages.at(-1)).toMatchObject({
    role: "tool",
    content: [
      { output: { type: "text", value: "a" } },
      { output: { type: "json", value: { b: 1 } } },
    ],
  });
});

test("arguments that were not JSON go back as an empty object", () => {
  const broken: ConversationMessage = {
    role: "assistant",
    parts: [
      { kind: "tool-call", callId: "c1", name: "look", arguments: undefined, rawArguments: "{" },
    ],
  };
  expect(promptOf([user, broken]).at(-1)?.content).toMatchObject([{ input: {} }]);
});

test("a failed result says so", () => {
  const message = promptOf([user, result([{ kind: "text", text: "no" }], true)]).at(-1);
  expect(message?.content).toMatchObject([{ output: { type: "error-text", value: "no" } }]);
});

test("an image stays in its result where the wire can carry it", () => {
  const message = promptOf([user, result([{ kind: "text", text: "see" }, png])]).at(-1);
  expect(message?.content).toMatchObject([
    {
      output: {
        type: "content",
        value: [
          { type: "text", text: "see" },
          { type: "file", mediaType: "image/png" },
        ],
      },
    },
  ]);
});

test("an image follows its result as a user message where the wire cannot", () => {
  const messages = promptOf([user, result([{ kind: "text", text: "see" }, png])], "separate");
  expect(messages.slice(-2)).toMatchObject([
    { role: "tool", content: [{ output: { type: "text", value: "see" } }] },
    {
      role: "user",
      content: [
        { type: "text", text: expect.stringContaining("look") },
        { type: "file", mediaType: "image/png", data: { type: "data", data: "iVBO" } },
      ],
    },
  ]);
});

test("empty instructions, texts and messages are left out", () => {
  const empty: ConversationMessage = { role: "assistant", parts: [{ kind: "text", text: "" }] };
  expect(toPrompt({ model, instructions: "", messages: [user, empty] }, "inline")).toHaveLength(1);
});
