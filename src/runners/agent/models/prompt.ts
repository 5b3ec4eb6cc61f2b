import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";
import type { Json } from "../../../contract/json.ts";
import type { ModelReference } from "../../../contract/model-reference.ts";
import type {
  ConversationMessage,
  ConversationPart,
  FilePart,
  ImagePart,
  ToolCallPart,
  ToolResultPart,
} from "./conversation.ts";
import type { StreamingModel } from "./provider-adapter.ts";
import { toToolOutput } from "./tool-output.ts";

interface PromptSource {
  readonly model: ModelReference;
  readonly instructions: string;
  readonly messages: readonly ConversationMessage[];
}

type AssistantContent = Extract<LanguageModelV4Message, { role: "assistant" }>["content"][number];

/**
 * The conversation in the form the provider libraries take. The same conversation always gives the
 * same prompt, and a longer one begins with the shorter one's, so that provider caches hit.
 *
 * Opaque data and reasoning of another provider are left out: they would be refused. So is what is
 * empty, since providers refuse empty text and messages.
 */
export function toPrompt(
  { model, instructions, messages }: PromptSource,
  toolResultImages: StreamingModel["toolResultImages"],
): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt =
    instructions === "" ? [] : [{ role: "system", content: instructions }];
  for (const group of groupToolResults(messages)) {
    const [first] = group;
    if (first?.role === "tool") prompt.push(...toToolMessages(group, toolResultImages));
    else if (first?.role === "user")
      prompt.push({ role: "user", content: first.parts.flatMap(toUserContent) });
    else if (first !== undefined) {
      const isOwn = first.provider === model.provider;
      prompt.push({
        role: "assistant",
        content: first.parts.flatMap((part) => toAssistantContent(part, isOwn)),
      });
    }
  }
  return prompt.filter((message) => message.content.length > 0);
}

/** The results of one batch of calls belong together, however many messages they came in. */
function groupToolResults(messages: readonly ConversationMessage[]): ConversationMessage[][] {
  const groups: ConversationMessage[][] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.role === "tool" && last?.[0]?.role === "tool") last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function toUserContent(
  part: ConversationPart,
): (LanguageModelV4TextPart | LanguageModelV4FilePart)[] {
  if (part.kind === "image") return [toFile(part)];
  if (part.kind === "file") return [{ ...toFile(part), filename: part.name }];
  return part.kind === "text" && part.text !== "" ? [{ type: "text", text: part.text }] : [];
}

function toAssistantContent(part: ConversationPart, isOwn: boolean): AssistantContent[] {
  switch (part.kind) {
    case "text":
    case "reasoning": {
      if (part.kind === "reasoning" && !isOwn) return [];
      const options = ownOptions(part.providerData, isOwn);
      if (part.text === "" && options.providerOptions === undefined) return [];
      return [{ type: part.kind, text: part.text, ...options }];
    }
    case "tool-call":
      return [{ ...toToolCallContent(part), ...ownOptions(part.providerData, isOwn) }];
    case "opaque":
      return isOwn ? [part.providerData as unknown as AssistantContent] : [];
    default:
      return [];
  }
}

/** Providers take objects only; what the model wrote instead is told to it in the result. */
function toToolCallContent(part: ToolCallPart): Extract<AssistantContent, { type: "tool-call" }> {
  const input = isObject(part.arguments) ? part.arguments : {};
  return { type: "tool-call", toolCallId: part.callId, toolName: part.name, input };
}

function toToolMessages(
  group: readonly ConversationMessage[],
  toolResultImages: StreamingModel["toolResultImages"],
): LanguageModelV4Message[] {
  const results = group.flatMap(({ parts }) => parts.filter((part) => part.kind === "tool-result"));
  const content: LanguageModelV4ToolResultPart[] = [];
  const separateImages: (LanguageModelV4TextPart | LanguageModelV4FilePart)[] = [];
  for (const result of results) {
    const { output, images } = toToolOutput(result, toolResultImages);
    content.push({ type: "tool-result", toolCallId: result.callId, toolName: result.name, output });
    if (images.length > 0) separateImages.push(imageIntroduction(result), ...images.map(toFile));
  }
  return [
    { role: "tool", content },
    { role: "user", content: separateImages },
  ];
}

function imageIntroduction(result: ToolResultPart): LanguageModelV4TextPart {
  return { type: "text", text: `Images in the result of ${result.name} (${result.callId}):` };
}

function toFile({ base64, mediaType }: ImagePart | FilePart): LanguageModelV4FilePart {
  return { type: "file", mediaType, data: { type: "data", data: base64 } };
}

function ownOptions(
  providerData: Json | undefined,
  isOwn: boolean,
): { providerOptions?: SharedV4ProviderOptions } {
  if (!isOwn || providerData === undefined) return {};
  return { providerOptions: providerData as unknown as SharedV4ProviderOptions };
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
