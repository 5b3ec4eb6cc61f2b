import { describe, expect, test } from "bun:test";
import type { DeltaPiece } from "./agent-run.ts";
import { DeltaStream } from "./delta-stream.ts";

/** Collects what is sent, and tells when there are as many. */
class Sent {
  readonly pieces: DeltaPiece[] = [];
  #wanted = Infinity;
  #reached = Promise.withResolvers<void>();

  readonly send = (sent: DeltaPiece): void => {
    this.pieces.push(sent);
    if (this.pieces.length >= this.#wanted) this.#reached.resolve();
  };

  async until(count: number): Promise<void> {
    this.#wanted = count;
    if (this.pieces.length < count) await this.#reached.promise;
  }
}

function piece(offset: number, text: string, extra: Partial<DeltaPiece> = {}): DeltaPiece {
  return { messageId: "m", attempt: 1, offset, text, reasoning: false, ...extra };
}

describe("text on its way to subscribers", () => {
  test("leaves at once the first time, and then in few pieces", async () => {
    const sent = new Sent();
    using stream = new DeltaStream(sent.send);
    for (let offset = 0; offset < 100; offset++) stream.emit(piece(offset, String(offset % 10)));
    expect(sent.pieces).toEqual([piece(0, "0")]);
    await sent.until(2);
    expect(sent.pieces.length).toBe(2);
    expect(sent.pieces[1]).toEqual(piece(1, "0123456789".repeat(10).slice(1)));
  });

  test("is not mixed with another message, another attempt, or thinking", () => {
    const sent = new Sent();
    using stream = new DeltaStream(sent.send);
    const pieces = [
      piece(0, "a"),
      piece(1, "b"),
      piece(0, "c", { attempt: 2 }),
      piece(0, "d", { attempt: 2, reasoning: true }),
      piece(0, "e", { messageId: "n" }),
      piece(5, "f", { messageId: "n" }),
    ];
    for (const one of pieces) stream.emit(one);
    stream.flush();
    expect(sent.pieces).toEqual(pieces);
  });

  test("is sent whole when it is flushed, and once", async () => {
    const sent = new Sent();
    using stream = new DeltaStream(sent.send);
    stream.emit(piece(0, "a"));
    stream.emit(piece(1, "b"));
    stream.flush();
    stream.flush();
    expect(sent.pieces).toEqual([piece(0, "a"), piece(1, "b")]);
    stream.emit(piece(2, "c"));
    await sent.until(3);
    expect(sent.pieces[2]).toEqual(piece(2, "c"));
  });
});
