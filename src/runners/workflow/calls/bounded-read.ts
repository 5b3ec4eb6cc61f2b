import { formatByteSize } from "../../../system/byte-size.ts";
import { standardFailure } from "../workflow-failure.ts";

export interface ReadLimits {
  readonly maxBytes: number;
  /** What is read, as the subject of a sentence. */
  readonly what: string;
  /** Called for each piece that came. */
  readonly onProgress: () => void;
}

/** The whole body of an answer, as it is after unpacking. @throws WorkflowFailure communication when it is too large */
export async function boundedRead(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, what, onProgress }: ReadLimits,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (body === null) return Buffer.alloc(0);
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    onProgress();
    size += next.value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw standardFailure(
        "communication",
        `${what} answered with more than ${formatByteSize(maxBytes)}; ask for less at a time, or raise the setting calls.maxResponseBytes`,
      );
    }
    chunks.push(next.value);
  }
  return Buffer.concat(chunks, size);
}
