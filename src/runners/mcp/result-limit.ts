import type { ToolContent, ToolResult } from "./tool-result.ts";

/**
 * The largest image that goes to a model, in characters of Base64: providers refuse more. Images
 * have a limit of their own, because they cost a model by their pixels, not by their bytes.
 */
const maxImageCharacters = 5 * 1024 * 1024;

/**
 * Cuts a result for the model. Text and JSON share `maxBytes` of UTF-8 in their order; what is
 * cut says so in place, and everything is kept in `truncated.full`.
 */
export function limitResult(result: ToolResult, maxBytes: number): ToolResult {
  let room = maxBytes;
  let omittedBytes = 0;
  const content = result.content.map((part) => {
    const kept = limitPart(part, room);
    room -= kept.usedBytes;
    omittedBytes += kept.omittedBytes;
    return kept.part;
  });
  if (omittedBytes === 0) return result;
  return { ...result, content, truncated: { omittedBytes, full: result.content } };
}

interface LimitedPart {
  readonly part: ToolContent;
  readonly usedBytes: number;
  readonly omittedBytes: number;
}

function limitPart(part: ToolContent, room: number): LimitedPart {
  if (part.kind === "image") return limitImage(part);
  const text = part.kind === "text" ? part.text : JSON.stringify(part.value);
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= room) return { part, usedBytes: bytes.length, omittedBytes: 0 };
  const kept = bytes.subarray(0, characterStart(bytes, room));
  const omittedBytes = bytes.length - kept.length;
  const note = `[cut: the first ${kept.length} of ${bytes.length} bytes are shown]`;
  const cut = kept.length === 0 ? note : `${kept.toString("utf8")}\n${note}`;
  return { part: { kind: "text", text: cut }, usedBytes: kept.length, omittedBytes };
}

function limitImage(part: Extract<ToolContent, { kind: "image" }>): LimitedPart {
  const size = part.data.length;
  if (size <= maxImageCharacters) return { part, usedBytes: 0, omittedBytes: 0 };
  const text = `[image, ${part.mediaType}, left out: ${size} bytes are more than a model takes]`;
  return { part: { kind: "text", text }, usedBytes: 0, omittedBytes: size };
}

/** The last place at or before `end` where a UTF-8 character starts. */
function characterStart(bytes: Uint8Array, end: number): number {
  let start = Math.max(0, end);
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}
