import type { JSONValue, LanguageModelV4ToolResultPart } from "@ai-sdk/provider";
import type { ImagePart, ToolResultContent, ToolResultPart } from "./conversation.ts";
import type { StreamingModel } from "./provider-adapter.ts";

type Output = LanguageModelV4ToolResultPart["output"];

interface ToolOutput {
  readonly output: Output;
  /** Images that have no place in the output and must follow it. */
  readonly images: readonly ImagePart[];
}

/**
 * A tool result for the wire: text stays text and JSON stays JSON where that is all there is. The
 * error mark exists for text and JSON only, so images of a failed call follow separately too.
 */
export function toToolOutput(
  { content, isError }: ToolResultPart,
  toolResultImages: StreamingModel["toolResultImages"],
): ToolOutput {
  const images = content.filter((item) => item.kind === "image");
  if (images.length > 0 && !isError && toolResultImages === "inline") {
    return { output: { type: "content", value: content.map(toContentItem) }, images: [] };
  }
  const rest = content.filter((item) => item.kind !== "image");
  return { output: isError ? failed(rest) : succeeded(rest), images };
}

type Plain = Exclude<ToolResultContent, ImagePart>;

function succeeded(content: readonly Plain[]): Output {
  const [only] = content;
  return content.length === 1 && only?.kind === "json"
    ? { type: "json", value: only.value as JSONValue }
    : { type: "text", value: plainText(content) };
}

function failed(content: readonly Plain[]): Output {
  return { type: "error-text", value: plainText(content) };
}

function plainText(content: readonly Plain[]): string {
  return content.map(textOf).join("\n");
}

function textOf(item: Plain): string {
  return item.kind === "text" ? item.text : JSON.stringify(item.value);
}

function toContentItem(
  item: ToolResultContent,
): Extract<Output, { type: "content" }>["value"][number] {
  if (item.kind !== "image") return { type: "text", text: textOf(item) };
  return {
    type: "file",
    mediaType: item.mediaType,
    data: { type: "data", data: item.base64 },
  };
}
