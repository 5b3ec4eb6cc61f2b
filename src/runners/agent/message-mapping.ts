import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Attachment } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/attachment_pb.ts";
import {
  type AgentMessage,
  AgentMessageSchema,
  type MessagePart,
  type MessagePartSchema,
  MessageRole,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import {
  type ToolContent,
  ToolContentSchema,
} from "../../contract/gen/ai/stigmer/commons/execution/v1/tool_result_pb.ts";
import type { Json } from "../../contract/json.ts";
import type { ToolAnswer } from "./agent-run.ts";
import type {
  AttachmentPart,
  ConversationMessage,
  ConversationPart,
  ImagePart,
  ToolResultContent,
} from "./models/conversation.ts";
import type { ModelAnswer } from "./models/model-request.ts";
import { usageOf } from "./run-status.ts";
import { writtenArguments } from "./written-arguments.ts";

/** What the history shows of a message besides its content. */
export interface MessageFacts {
  readonly messageId?: string;
  readonly model?: string;
  readonly answer?: ModelAnswer;
  /** By call id: when tools ran and where their whole results are. */
  readonly toolAnswers?: ReadonlyMap<string, ToolAnswer>;
  /** Nobody said it: the runner did. */
  readonly automatic?: boolean;
}

export interface MessagePlace {
  readonly executionId: string;
  readonly messageId: string;
  readonly sequence: number;
  readonly createdAtMs: number;
}

const roleOf = {
  user: MessageRole.USER,
  assistant: MessageRole.ASSISTANT,
  tool: MessageRole.TOOL,
} as const;

export function toAgentMessage(
  message: ConversationMessage,
  facts: MessageFacts & MessagePlace,
): AgentMessage {
  return create(AgentMessageSchema, {
    sequence: BigInt(facts.sequence),
    id: facts.messageId,
    executionId: facts.executionId,
    role: roleOf[message.role],
    parts: message.parts.map((part) => toPart(part, facts)),
    createdAt: timestampFromMs(facts.createdAtMs),
    model: facts.model ?? "",
    finishReason: facts.answer?.finishReason ?? "",
    automatic: facts.automatic ?? false,
    ...(facts.answer ? { usage: usageOf(facts.answer) } : {}),
  });
}

/** The conversation that a later execution of the session continues. */
export function fromAgentMessage(message: AgentMessage): ConversationMessage {
  const provider = message.model.split("/", 1)[0] ?? "";
  return {
    role:
      message.role === MessageRole.ASSISTANT
        ? "assistant"
        : message.role === MessageRole.TOOL
          ? "tool"
          : "user",
    parts: message.parts.flatMap(fromPart),
    ...(provider === "" ? {} : { provider }),
  };
}

function toPart(
  part: ConversationPart,
  facts: MessageFacts,
): MessageInitShape<typeof MessagePartSchema> {
  const providerData =
    "providerData" in part && part.providerData !== undefined
      ? JSON.stringify(part.providerData)
      : "";
  switch (part.kind) {
    case "text":
      return { part: { case: "text", value: part.text }, providerData };
    case "reasoning":
      return { part: { case: "reasoning", value: part.text }, providerData };
    case "opaque":
      return { part: { case: "opaque", value: true }, providerData };
    case "image":
      // Of a tool result, which has a place of its own, or read from an attachment for one call.
      return { part: { case: "text", value: `[image ${part.mediaType}]` } };
    case "file":
      return { part: { case: "text", value: `[file ${part.name}]` } };
    case "attachment": {
      const { name, sha256, mediaType, size } = part;
      const value = { name, sha256, mediaType, size: BigInt(size) };
      return { part: { case: "attachment", value } };
    }
    case "tool-call": {
      const value = { callId: part.callId, name: part.name, arguments: writtenArguments(part) };
      return { part: { case: "toolCall", value }, providerData };
    }
    case "tool-result": {
      const answer = facts.toolAnswers?.get(part.callId);
      const value = {
        callId: part.callId,
        name: part.name,
        isError: part.isError,
        content: part.content.map(toToolContent),
        ...toolFacts(answer),
      };
      return { part: { case: "toolResult", value } };
    }
  }
}

function toolFacts(answer: ToolAnswer | undefined): {
  fullSize?: bigint;
  artifact?: string;
  startedAt?: ReturnType<typeof timestampFromMs>;
  endedAt?: ReturnType<typeof timestampFromMs>;
} {
  if (!answer) return {};
  return {
    ...(answer.fullSize === undefined ? {} : { fullSize: BigInt(answer.fullSize) }),
    ...(answer.artifact === undefined ? {} : { artifact: answer.artifact }),
    startedAt: timestampFromMs(answer.startedAtMs),
    endedAt: timestampFromMs(answer.endedAtMs),
  };
}

export function toToolContent(content: ToolResultContent | ImagePart): ToolContent {
  switch (content.kind) {
    case "text":
      return create(ToolContentSchema, { content: { case: "text", value: content.text } });
    case "json":
      return create(ToolContentSchema, {
        content: { case: "json", value: JSON.stringify(content.value) },
      });
    case "image": {
      const value = { mediaType: content.mediaType, data: Buffer.from(content.base64, "base64") };
      return create(ToolContentSchema, { content: { case: "image", value } });
    }
  }
}

function fromPart({ part, providerData }: MessagePart): ConversationPart[] {
  const data = providerData === "" ? {} : { providerData: JSON.parse(providerData) as Json };
  switch (part.case) {
    case "text":
      return [{ kind: "text", text: part.value, ...data }];
    case "reasoning":
      return [{ kind: "reasoning", text: part.value, ...data }];
    case "opaque":
      return providerData === ""
        ? []
        : [{ kind: "opaque", providerData: JSON.parse(providerData) as Json }];
    case "attachment":
      return [toAttachmentPart(part.value)];
    case "toolCall": {
      const { callId, name } = part.value;
      return [
        { kind: "tool-call", callId, name, ...parsedArguments(part.value.arguments), ...data },
      ];
    }
    case "toolResult": {
      const { callId, name, isError } = part.value;
      return [
        {
          kind: "tool-result",
          callId,
          name,
          isError,
          content: part.value.content.flatMap(fromToolContent),
        },
      ];
    }
    case undefined:
      return [];
  }
}

export function toAttachmentPart({ name, sha256, mediaType, size }: Attachment): AttachmentPart {
  return { kind: "attachment", name, sha256, mediaType, size: Number(size) };
}

function parsedArguments(text: string): { arguments: Json | undefined; rawArguments?: string } {
  try {
    return { arguments: JSON.parse(text) as Json };
  } catch {
    return { arguments: undefined, rawArguments: text };
  }
}

function fromToolContent({ content }: ToolContent): ToolResultContent[] {
  switch (content.case) {
    case "text":
      return [{ kind: "text", text: content.value }];
    case "json":
      return [{ kind: "json", value: JSON.parse(content.value) as Json }];
    case "image": {
      const base64 = Buffer.from(content.value.data).toString("base64");
      return [{ kind: "image", base64, mediaType: content.value.mediaType }];
    }
    case undefined:
      return [];
  }
}
