/** A part of a text that is cut at whole characters. */
export interface TextPiece {
  readonly text: string;
  /** Byte at which the next piece starts; undefined at the end. */
  readonly next: number | undefined;
}

/**
 * At most `maxBytes` of a stream from a byte on; no more of it is read than that. Undefined for what
 * is no UTF-8 text. An offset within a character starts behind it.
 */
export async function textPiece(
  stream: AsyncIterable<Uint8Array>,
  offset: number,
  maxBytes: number,
): Promise<TextPiece | undefined> {
  const { bytes, isCut } = await window(stream, offset, maxBytes);
  const start = offset === 0 ? 0 : characterStart(bytes);
  const end = isCut ? lastWholeCharacter(bytes) : bytes.length;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const text = decoder.decode(bytes.subarray(start, Math.max(start, end)));
    return text.includes("\0") ? undefined : { text, next: isCut ? offset + end : undefined };
  } catch {
    return undefined;
  }
}

async function window(stream: AsyncIterable<Uint8Array>, offset: number, maxBytes: number) {
  const chunks: Uint8Array[] = [];
  let at = 0;
  let isCut = false;
  for await (const chunk of stream) {
    const from = Math.max(0, offset - at);
    const to = Math.min(chunk.length, offset + maxBytes - at);
    if (from < to) chunks.push(chunk.subarray(from, to));
    at += chunk.length;
    isCut = at > offset + maxBytes;
    if (isCut) break;
  }
  return { bytes: Buffer.concat(chunks), isCut };
}

/** Bytes that go on with a character that started before are left out, three at most. */
function characterStart(bytes: Uint8Array): number {
  const found = bytes.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return Math.max(0, found);
}

/** Where the last character starts when it may not be whole. */
function lastWholeCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length <= back ? bytes.length : bytes.length - back;
  }
  return bytes.length;
}
