import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Message,
  LanguageModelV4ToolResultPart,
} from "@ai-sdk/provider";
import type { ScriptMessage, ScriptRequest } from "../../../../script-model/script-request.ts";

type AssistantContent = Extract<LanguageModelV4Message, { role: "assistant" }>["content"];

/** What a script looks at: text, calls and results; images and reasoning are not played. */
export function toScriptRequest(model: string, options: LanguageModelV4CallOptions): ScriptRequest {
  const { prompt, tools = [] } = options;
  const system = prompt.filter((message) => message.role === "system");
  return {
    model,
    system: system.map((message) => message.content).join("\n\n"),
    messages: prompt.flatMap(toScriptMessages),
    tools: tools.flatMap((tool) =>
      tool.type === "function" ? [{ name: tool.name, inputSchema: tool.inputSchema }] : [],
    ),
  };
}

function toScriptMessages(message: LanguageModelV4Message): ScriptMessage[] {
  switch (message.role) {
    case "system":
      return [];
    case "user":
      return toUserMessage(textOf(message.content));
    case "assistant":
      return [toAssistantMessage(message.content)];
    default:
      return message.content
        .filter((part) => part.type === "tool-result")
        .map((part) => ({ role: "tool", callId: part.toolCallId, text: resultText(part) }));
  }
}

function toUserMessage(text: string): ScriptMessage[] {
  return text === "" ? [] : [{ role: "user", text }];
}

function toAssistantMessage(content: AssistantContent): ScriptMessage {
  const calls = content.filter((part) => part.type === "tool-call");
  const toolCalls = calls.map(({ toolCallId, toolName, input }) => ({
    id: toolCallId,
    name: toolName,
    arguments: JSON.stringify(input),
  }));
  return { role: "assistant", text: textOf(content), toolCalls };
}

function textOf(content: readonly { readonly type: string }[]): string {
  return content
    .map((part) => (part.type === "text" && "text" in part ? String(part.text) : ""))
    .join("");
}

function resultText({ output }: LanguageModelV4ToolResultPart): string {
  if (output.type === "text" || output.type === "error-text") return output.value;
  return "value" in output ? JSON.stringify(output.value) : "";
}
