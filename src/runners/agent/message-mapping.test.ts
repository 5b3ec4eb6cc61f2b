import { expect, test } from "bun:test";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import { AgentMessageSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import type { Json } from "../../contract/json.ts";
import { fromAgentMessage, toAgentMessage } from "./message-mapping.ts";
import type {
  ConversationMessage,
  ConversationPart,
  ToolResultContent,
} from "./models/conversation.ts";

const text = fc.string({ unit: "grapheme" });
/** JSON as it is after it was written once: it has no -0. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
const providerData = fc.oneof(
  fc.constant({}),
  json.map((value) => ({ providerData: value })),
);
const image = fc.record({
  kind: fc.constant("image" as const),
  base64: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64")),
  mediaType: fc.constantFrom("image/png", "image/jpeg"),
});
const callArguments = fc.oneof(
  json.map((value) => ({ arguments: value })),
  fc.constantFrom("", "{", '{"q":', "no JSON").map((rawArguments) => ({
    arguments: undefined,
    rawArguments,
  })),
);
const said: fc.Arbitrary<ConversationPart> = fc.oneof(
  fc
    .tuple(fc.constantFrom("text" as const, "reasoning" as const), text, providerData)
    .map(([kind, words, data]) => ({ kind, text: words, ...data })),
  json.map((value) => ({ kind: "opaque" as const, providerData: value })),
  fc.tuple(text, text, callArguments, providerData).map(([callId, name, args, data]) => ({
    kind: "tool-call" as const,
    callId,
    name,
    ...args,
    ...data,
  })),
);
const content: fc.Arbitrary<ToolResultContent> = fc.oneof(
  text.map((words) => ({ kind: "text" as const, text: words })),
  json.map((value) => ({ kind: "json" as const, value })),
  image,
);
const result: fc.Arbitrary<ConversationPart> = fc.record({
  kind: fc.constant("tool-result" as const),
  callId: text,
  name: text,
  isError: fc.boolean(),
  content: fc.array(content, { maxLength: 3 }),
});

const message: fc.Arbitrary<ConversationMessage> = fc.oneof(
  text.map((words) => ({ role: "user" as const, parts: [{ kind: "text" as const, text: words }] })),
  fc.array(said, { maxLength: 4 }).map((parts) => ({
    role: "assistant" as const,
    parts,
    provider: "anthropic",
  })),
  fc.array(result, { maxLength: 3 }).map((parts) => ({ role: "tool" as const, parts })),
);

test("a conversation goes on in a later execution as it was, byte for byte", () => {
  fc.assert(
    fc.property(message, (original) => {
      const stored = toAgentMessage(original, {
        executionId: "aex-1",
        messageId: "m-1",
        sequence: 3,
        createdAtMs: 1_700_000_000_000,
        ...(original.provider === undefined ? {} : { model: `${original.provider}/some-model` }),
      });
      const read = fromBinary(AgentMessageSchema, toBinary(AgentMessageSchema, stored));
      expect(fromAgentMessage(read)).toEqual(original);
      expect(read).toMatchObject({ sequence: 3n, id: "m-1", executionId: "aex-1" });
    }),
    { numRuns: 300 },
  );
});
