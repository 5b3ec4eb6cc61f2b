const signatures: readonly {
  readonly mediaType: string;
  readonly matches: (head: string) => boolean;
}[] = [
  { mediaType: "image/png", matches: (head) => head.startsWith("\x89PNG\r\n\x1a\n") },
  { mediaType: "image/jpeg", matches: (head) => head.startsWith("\xff\xd8\xff") },
  { mediaType: "image/gif", matches: (head) => /^GIF8[79]a/.test(head) },
  { mediaType: "image/webp", matches: (head) => /^RIFF[^]{4}WEBP/.test(head) },
  { mediaType: "application/pdf", matches: (head) => head.startsWith("%PDF-") },
];

/**
 * The media type of a file that a message can carry, by its content: one of the images that models
 * read, a PDF, or `text/plain` for UTF-8 without control characters. `undefined` for anything else.
 */
export function attachmentTypeOf(content: Uint8Array): string | undefined {
  const head = Buffer.from(content.subarray(0, 16)).toString("latin1");
  const known = signatures.find(({ matches }) => matches(head))?.mediaType;
  return known ?? (isText(content) ? "text/plain" : undefined);
}

function isText(content: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    // oxlint-disable-next-line no-control-regex -- what no text has
    return !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}

/** What a file may be, for whoever brought another one. */
export const attachmentTypes = "PNG, JPEG, GIF and WebP images, PDF, and text in UTF-8";
