import { expect, test } from "bun:test";
import { textPiece } from "./text-piece.ts";

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
  }
}

const text = "aé文😀z".repeat(7);
const bytes = new TextEncoder().encode(text);

test("the pieces of a text are the text, whatever the size of pieces and chunks", async () => {
  for (const maxBytes of [4, 5, 7, 16, 1_000]) {
    for (const chunk of [1, 3, 64]) {
      const pieces: string[] = [];
      let next: number | undefined = 0;
      while (next !== undefined) {
        // oxlint-disable-next-line no-await-in-loop -- piece after piece
        const piece = await textPiece(chunksOf(bytes, chunk), next, maxBytes);
        pieces.push(piece?.text ?? "(no text)");
        next = piece?.next;
      }
      expect(pieces.join("")).toBe(text);
    }
  }
});

test("an offset within a character starts behind it, one behind the end finds nothing", async () => {
  expect(await textPiece(chunksOf(bytes, 64), 2, 1_000)).toEqual({
    text: text.slice(2),
    next: undefined,
  });
  expect(await textPiece(chunksOf(bytes, 64), 10_000, 10)).toEqual({ text: "", next: undefined });
});

test("what is no text is not read", async () => {
  expect(await textPiece(chunksOf(new Uint8Array([0x61, 0xff]), 8), 0, 10)).toBeUndefined();
  expect(await textPiece(chunksOf(new Uint8Array([0x61, 0]), 8), 0, 10)).toBeUndefined();
});

test("no more is read than is asked for", async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1;
      yield await Promise.resolve(new Uint8Array(8).fill(0x61));
    }
  }
  expect(await textPiece(endless(), 8, 10)).toEqual({ text: "a".repeat(10), next: 18 });
  expect(given).toBe(3);
});
