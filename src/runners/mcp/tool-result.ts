import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/client";

export type ToolContent =
  | { readonly kind: "text"; readonly text: string }
  /** `data` in Base64. */
  | { readonly kind: "image"; readonly data: string; readonly mediaType: string }
  | { readonly kind: "json"; readonly value: unknown };

export interface ToolResult {
  /** The tool's own failure: something for the model to read, not for us to handle. */
  readonly isError: boolean;
  /** What the model gets. */
  readonly content: readonly ToolContent[];
  /** Present when {@link content} is not all there was. */
  readonly truncated?: {
    /** UTF-8 bytes of text and JSON (and Base64 of dropped images) that the model does not get. */
    readonly omittedBytes: number;
    /** Everything, to be kept as an artifact. */
    readonly full: readonly ToolContent[];
  };
}

/** What a server answered to `tools/call`, for the model. */
export function toToolResult(answer: CallToolResult): ToolResult {
  const content = (answer.content ?? []).map(toContent);
  const isError = answer.isError === true;
  if (answer.structuredContent === undefined) return { isError, content };
  const value: unknown = answer.structuredContent;
  if (onlyWraps(value, content)) return { isError, content };
  // Servers repeat structured content as text for clients that know only text.
  const others = content.filter((part) => part.kind !== "text" || !isJsonOf(part.text, value));
  return { isError, content: [...others, { kind: "json", value }] };
}

/** A failure told to the model as the tool's result, so that it can try something else. */
export function toolError(text: string): ToolResult {
  return { isError: true, content: [{ kind: "text", text }] };
}

function toContent(block: ContentBlock): ToolContent {
  switch (block.type) {
    case "text":
      return { kind: "text", text: block.text };
    case "image":
      return { kind: "image", data: block.data, mediaType: block.mimeType };
    case "audio":
      return { kind: "text", text: `[audio, ${block.mimeType}, not shown]` };
    case "resource_link":
      return { kind: "text", text: describeLink(block) };
    default:
      return resourceContent(block.resource);
  }
}

function describeLink(link: Extract<ContentBlock, { type: "resource_link" }>): string {
  const type = link.mimeType === undefined ? "" : ` (${link.mimeType})`;
  const description = link.description === undefined ? "" : `: ${link.description}`;
  return `[resource "${link.name}" at ${link.uri}${type}${description}]`;
}

function resourceContent(
  resource: Extract<ContentBlock, { type: "resource" }>["resource"],
): ToolContent {
  if ("text" in resource) return { kind: "text", text: `[${resource.uri}]\n${resource.text}` };
  const mediaType = resource.mimeType ?? "application/octet-stream";
  if (mediaType.startsWith("image/")) return { kind: "image", data: resource.blob, mediaType };
  return { kind: "text", text: `[resource at ${resource.uri}, ${mediaType}, not shown]` };
}

/** `{"content": "the text"}`: tools that return text are often declared to return this. */
function onlyWraps(value: unknown, content: readonly ToolContent[]): boolean {
  const texts = new Set(content.flatMap((part) => (part.kind === "text" ? [part.text] : [])));
  const members: unknown[] =
    typeof value === "object" && value !== null ? Object.values(value) : [];
  return (
    members.length > 0 && members.every((member) => typeof member === "string" && texts.has(member))
  );
}

function isJsonOf(text: string, value: unknown): boolean {
  try {
    return Bun.deepEquals(JSON.parse(text), value);
  } catch {
    return false;
  }
}
