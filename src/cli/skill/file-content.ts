import type { SkillFile } from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { skillDocumentPath } from "../../contract/skill-front-matter.ts";
import { type ArtifactClient, downloadArtifact } from "./artifacts.ts";

export type FileContent = SkillFile["content"];

/** The largest file that stands in the skill itself. */
export const maxInlineBytes = 65_536;

/** What stands in one skill itself, so that it fits into a message. */
const maxInlineTotal = 1 << 20;

/**
 * Decides which files stand in the skill itself. It has to be asked in the order of
 * {@link inPlacingOrder}, so that the same files always make the same version.
 */
export class InlineBudget {
  #left = maxInlineTotal;

  takes(bytes: number): boolean {
    if (bytes > maxInlineBytes || bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** SKILL.md first, because it always stands in the skill; the others by path. */
export function inPlacingOrder<T extends { readonly path: string }>(files: readonly T[]): T[] {
  const rank = ({ path }: T): number => (path === skillDocumentPath ? 0 : 1);
  return files.toSorted(
    (one, other) =>
      rank(one) - rank(other) || Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)),
  );
}

/** `text` for UTF-8 without NUL, otherwise `data`. Both give the very bytes back. */
export function inlineContent(bytes: Uint8Array): FileContent {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes("\0")) return { case: "text", value: text };
  } catch {
    // Not UTF-8.
  }
  return { case: "data", value: Uint8Array.from(bytes) };
}

/** The bytes of a file, from wherever they are. */
export async function* contentBytes(
  daemon: ArtifactClient,
  content: FileContent,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (content.case === "text") yield new TextEncoder().encode(content.value);
  else if (content.case === "data") yield content.value;
  else if (content.case === "sha256") yield* downloadArtifact(daemon, content.value);
}
