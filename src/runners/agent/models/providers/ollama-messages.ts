import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultPart,
} from "@ai-sdk/provider";

/** A message of `/api/chat`: https://docs.ollama.com/api/chat. */
export interface OllamaMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  readonly thinking?: string;
  /** Base64, without a media type. */
  readonly images?: readonly string[];
  readonly tool_calls?: readonly OllamaToolCall[];
  readonly tool_name?: string;
  readonly tool_call_id?: string;
}

interface OllamaToolCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: unknown };
}

export function toOllamaMessages(prompt: LanguageModelV4Prompt): OllamaMessage[] {
  return prompt.flatMap(toMessages);
}

function toMessages(message: LanguageModelV4Message): OllamaMessage[] {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: message.content }];
    case "user":
      return [toUserMessage(message.content)];
    case "assistant":
      return [toAssistantMessage(message.content)];
    default:
      return message.content.filter((part) => part.type === "tool-result").map(toToolMessage);
  }
}

function toUserMessage(
  content: readonly (LanguageModelV4TextPart | LanguageModelV4FilePart)[],
): OllamaMessage {
  const images = content.filter((part) => part.type === "file").flatMap(base64Of);
  return {
    role: "user",
    content: joinText(content, "text"),
    ...(images.length === 0 ? {} : { images }),
  };
}

function toAssistantMessage(
  content: Extract<LanguageModelV4Message, { role: "assistant" }>["content"],
): OllamaMessage {
  const thinking = joinText(content, "reasoning");
  const calls = content.filter((part) => part.type === "tool-call");
  const toolCalls = calls.map(({ toolCallId, toolName, input }) => ({
    id: toolCallId,
    function: { name: toolName, arguments: input },
  }));
  return {
    role: "assistant",
    content: joinText(content, "text"),
    ...(thinking === "" ? {} : { thinking }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
}

function toToolMessage({
  toolName,
  toolCallId,
  output,
}: LanguageModelV4ToolResultPart): OllamaMessage {
  const isText = output.type === "text" || output.type === "error-text";
  const content = isText ? output.value : JSON.stringify("value" in output ? output.value : null);
  return { role: "tool", content, tool_name: toolName, tool_call_id: toolCallId };
}

function joinText(
  content: readonly { readonly type: string }[],
  type: "text" | "reasoning",
): string {
  return content
    .map((part) => (part.type === type && "text" in part ? String(part.text) : ""))
    .join("");
}

function base64Of({ data }: LanguageModelV4FilePart): string[] {
  return data.type === "data" && typeof data.data === "string" ? [data.data] : [];
}
