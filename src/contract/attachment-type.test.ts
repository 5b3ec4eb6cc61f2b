import { expect, test } from "bun:test";
import { attachmentTypeOf } from "./attachment-type.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

test.each([
  ["a PNG", bytes("\x89PNG\r\n\x1a\n…"), "image/png"],
  ["a JPEG", bytes("\xff\xd8\xff\xe0"), "image/jpeg"],
  ["a GIF", bytes("GIF89a"), "image/gif"],
  ["a WebP", bytes("RIFF\n\x00\x00\x00WEBPVP8 "), "image/webp"],
  ["a PDF", bytes("%PDF-1.7\n\xb5\xb5"), "application/pdf"],
  ["text", Buffer.from("Grüße, 世界\n\ttab\u001b[1m"), "text/plain"],
  ["an empty file", bytes(""), "text/plain"],
  ["a WAV, which begins like a WebP", bytes("RIFF\n\x00\x00\x00WAVE\x00"), undefined],
  ["Latin-1, which is no UTF-8", bytes("Gr\xfc\xdfe"), undefined],
  ["a program", bytes("\x7fELF\x02\x01"), undefined],
  ["text with a zero byte", bytes("a\0b"), undefined],
])("%s is known by its content", (_, content, mediaType) => {
  expect(attachmentTypeOf(content)).toBe(mediaType);
});
