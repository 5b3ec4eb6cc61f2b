import type { ModelCaller } from "./agent-run.ts";
import type {
  AttachmentPart,
  ConversationMessage,
  ConversationPart,
} from "./models/conversation.ts";

/** Reads an artifact as a whole. */
export type LoadArtifact = (sha256: string) => Promise<Uint8Array>;

/**
 * A caller of models that puts the contents of attachments in the place of their references. The
 * same conversation always becomes the same request, so that provider caches hit.
 */
export function withAttachedFiles(callModel: ModelCaller, load: LoadArtifact): ModelCaller {
  const loaded = new Map<string, Promise<Uint8Array>>();
  const loadOnce = (sha256: string): Promise<Uint8Array> => {
    const before = loaded.get(sha256);
    if (before) return before;
    const loading = load(sha256);
    loaded.set(sha256, loading);
    // Another attempt loads it again.
    loading.catch(() => loaded.delete(sha256));
    return loading;
  };
  return async (call, onEvent) => {
    const messages = await Promise.all(
      call.messages.map((message) => withContents(message, loadOnce)),
    );
    return await callModel({ ...call, messages }, onEvent);
  };
}

async function withContents(
  message: ConversationMessage,
  load: LoadArtifact,
): Promise<ConversationMessage> {
  if (!message.parts.some(({ kind }) => kind === "attachment")) return message;
  const parts = message.parts.map(async (part): Promise<ConversationPart> =>
    part.kind === "attachment" ? toContent(part, await load(part.sha256)) : part,
  );
  return { ...message, parts: await Promise.all(parts) };
}

function toContent({ name, mediaType }: AttachmentPart, content: Uint8Array): ConversationPart {
  if (mediaType === "text/plain") {
    const text = new TextDecoder().decode(content);
    return { kind: "text", text: `<file name="${name}">\n${text}\n</file>\n` };
  }
  const base64 = Buffer.from(content).toString("base64");
  if (mediaType.startsWith("image/")) return { kind: "image", base64, mediaType, name };
  return { kind: "file", base64, mediaType, name };
}
