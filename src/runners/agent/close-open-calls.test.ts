import { expect, test } from "bun:test";
import { closeOpenCalls } from "./close-open-calls.ts";
import type { ConversationMessage } from "./models/conversation.ts";

const question: ConversationMessage = { role: "user", parts: [{ kind: "text", text: "go" }] };
const calling: ConversationMessage = {
  role: "assistant",
  parts: [
    { kind: "tool-call", callId: "a", name: "read", arguments: {} },
    { kind: "tool-call", callId: "b", name: "write", arguments: {} },
  ],
};
const answered: ConversationMessage = {
  role: "tool",
  parts: ["a", "b"].map((callId) => ({
    kind: "tool-result" as const,
    callId,
    name: "read",
    isError: false,
    content: [],
  })),
};

test("a history whose calls all have results stays as it is", () => {
  expect(closeOpenCalls([question, calling, answered])).toEqual([question, calling, answered]);
});

test("calls that an execution left open get a result that says so", () => {
  const closed = closeOpenCalls([question, calling, question]);
  expect(closed.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "user"]);
  const results = closed[2]?.parts ?? [];
  expect(results.map((part) => part.kind === "tool-result" && part.callId)).toEqual(["a", "b"]);
  expect(JSON.stringify(results)).toContain("outcome unknown");
});
