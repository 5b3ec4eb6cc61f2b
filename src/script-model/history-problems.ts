import type { ScriptMessage } from "./script-request.ts";

/** What a real provider refuses in a conversation: calls and results that do not pair up. */
export function historyProblems(messages: readonly ScriptMessage[]): string[] {
  const problems: string[] = [];
  if (!messages.some((message) => message.role === "user"))
    problems.push("There is no user message.");

  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      if (open.delete(message.callId)) continue;
      problems.push(
        `The tool result "${message.callId}" answers no call of the message before it.`,
      );
      continue;
    }
    problems.push(...unanswered(open));
    open = new Set(message.role === "assistant" ? message.toolCalls.map((call) => call.id) : []);
  }
  return [...problems, ...unanswered(open)];
}

function unanswered(open: ReadonlySet<string>): string[] {
  return [...open].map((id) => `The tool call "${id}" has no result in the messages after it.`);
}
