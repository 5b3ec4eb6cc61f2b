import type { ConversationMessage, ToolCallPart, ToolResultPart } from "./models/conversation.ts";

/**
 * Gives every tool call of earlier executions a result. One that ended between the two, because its
 * runners died or it was ended by the daemon, left calls open, and a provider refuses such a history
 * for good.
 */
export function closeOpenCalls(messages: readonly ConversationMessage[]): ConversationMessage[] {
  return messages.flatMap((message, index) => {
    if (message.role !== "assistant") return [message];
    const next = messages[index + 1];
    const answered = new Set(
      next?.role === "tool" ? next.parts.flatMap((part) => callIdOf(part) ?? []) : [],
    );
    const open = message.parts.flatMap((part) =>
      part.kind === "tool-call" && !answered.has(part.callId) ? [notCalled(part)] : [],
    );
    return open.length === 0 ? [message] : [message, { role: "tool", parts: open }];
  });
}

function callIdOf(part: ConversationMessage["parts"][number]): string | undefined {
  return part.kind === "tool-result" ? part.callId : undefined;
}

function notCalled({ callId, name }: ToolCallPart): ToolResultPart {
  const text = "outcome unknown: the execution ended before this call had a result";
  return { kind: "tool-result", callId, name, isError: true, content: [{ kind: "text", text }] };
}
