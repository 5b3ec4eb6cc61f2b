import { toJson } from "@bufbuild/protobuf";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import {
  type AgentMessage,
  AgentMessageSchema,
  type MessagePart,
  MessageRole,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import type { PinnedRevision } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import type { ExecutionError } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { bold, cyan, dim, red } from "../output/colour.ts";
import { cutToWidth, withoutControls } from "../output/display-width.ts";
import type { TextStyle, View } from "../output/output.ts";
import { renderFields } from "../output/render-fields.ts";
import { sizeText } from "../output/size-text.ts";
import { spanText, timeText } from "../output/time-text.ts";
import { toolResultText } from "../output/tool-result-text.ts";
import { usageText } from "../output/usage-text.ts";
import { wrapText } from "../output/wrap-text.ts";
import { shortRevision } from "./metadata-columns.ts";
import { agentOf, colouredPhase, executionView } from "./execution-view.ts";

/** An execution with its messages. */
export interface ExecutionRecord {
  readonly execution: AgentExecution;
  readonly messages: readonly AgentMessage[];
}

/** Tool results are shown up to here; `-o json` has all of them. */
const resultLength = 600;

export const executionRecordView: View<ExecutionRecord> = {
  columns: [],
  name: ({ execution }) => execution.metadata?.id ?? "",
  json: ({ execution, messages }) => ({
    ...(executionView.json(execution) as object),
    messages: messages.map((message) => toJson(AgentMessageSchema, message)),
  }),
  describe: ({ execution, messages }, style) =>
    [
      renderFields(fieldsOf(execution, style), style),
      ...messages.map((message) => describeMessage(message, style)),
    ].join("\n"),
};

function fieldsOf(execution: AgentExecution, style: TextStyle): (readonly [string, string])[] {
  const { metadata, spec, status } = execution;
  return [
    ["id", metadata?.id ?? ""],
    ["agent", agentOf(execution)],
    ["session", spec?.session ?? ""],
    ["environments", spec?.environmentRefs.join(", ") ?? ""],
    ["phase", colouredPhase(status?.phase, { ...style, colour: false })],
    ["error", errorText(status?.error)],
    ["waiting", status?.waiting ? `${status.waiting.reason}\n${status.waiting.hint}` : ""],
    ["model", status?.model ?? ""],
    ["started", timeText(status?.startedAt ?? status?.audit?.created?.at)],
    ["took", spanText(status?.startedAt, status?.endedAt, style)],
    ["turns", String(status?.turns ?? 0)],
    ["tool calls", String(status?.toolCalls ?? 0)],
    ["usage", status?.usage ? usageText(status.usage) : ""],
    ["attempts", (status?.attempts ?? 0) > 1 ? String(status?.attempts) : ""],
    ["pinned", status?.pinned.map(pinnedText).join("\n") ?? ""],
  ];
}

function errorText(error: ExecutionError | undefined): string {
  if (!error) return "";
  const hint = error.hint === "" ? "" : `\nhint: ${error.hint}`;
  return `${error.code}: ${error.message}${hint}`;
}

function pinnedText({ slug, id, revision }: PinnedRevision): string {
  return `${slug || id}${revision === "" ? "" : ` @ ${shortRevision(revision)}`}`;
}

/** A message under a line that says who wrote it. */
export function describeMessage(message: AgentMessage, style: TextStyle): string {
  const parts = message.parts
    .map((part) => describePart(part, style))
    .filter((text) => text !== "");
  const model = message.model === "" ? "" : dim(` ${message.model}`, style);
  const author = message.automatic ? "repair request" : roleNames[message.role];
  return [`${bold(author, style)}${model}`, ...parts, ""].join("\n");
}

const roleNames = {
  [MessageRole.UNSPECIFIED]: "unknown",
  [MessageRole.USER]: "user",
  [MessageRole.ASSISTANT]: "assistant",
  [MessageRole.TOOL]: "tool",
} as const satisfies Record<MessageRole, string>;

function describePart({ part }: MessagePart, style: TextStyle): string {
  switch (part.case) {
    case "text":
      return shown(part.value, style);
    case "reasoning":
      return dim(shown(part.value, style), style);
    case "attachment": {
      const { name, mediaType, size } = part.value;
      return cyan(shown(`+ ${name} (${mediaType}, ${sizeText(Number(size))})`, style), style);
    }
    case "toolCall":
      return cyan(shown(`→ ${part.value.name} ${part.value.arguments}`, style), style);
    case "toolResult": {
      const text = shown(cutToWidth(toolResultText(part.value), resultLength), style);
      const head = `${part.value.isError ? "✗" : "✓"} ${part.value.name}`;
      return `${part.value.isError ? red(head, style) : head}\n${text}`;
    }
    default:
      return "";
  }
}

function shown(text: string, style: TextStyle): string {
  const plain = style.terminal ? withoutControls(text) : text;
  return plain
    .trimEnd()
    .split("\n")
    .flatMap((line) => wrapText(line, (style.width ?? Infinity) - 2))
    .map((line) => `  ${line}`)
    .join("\n");
}
