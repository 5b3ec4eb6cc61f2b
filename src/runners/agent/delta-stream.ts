import type { DeltaPiece } from "./agent-run.ts";

/** Text that came within this time is sent as one piece; the first piece at once. */
const coalesceMs = 16;

/** Sends text to subscribers as it comes, in few messages. */
export class DeltaStream implements Disposable {
  readonly #send: (piece: DeltaPiece) => void;
  #waiting: DeltaPiece | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (piece: DeltaPiece) => void) {
    this.#send = send;
  }

  emit(piece: DeltaPiece): void {
    if (this.#waiting !== undefined && continues(this.#waiting, piece)) {
      this.#waiting = { ...this.#waiting, text: this.#waiting.text + piece.text };
      return;
    }
    this.flush();
    if (this.#timer === undefined) this.#send(piece);
    else this.#waiting = piece;
    this.#timer ??= setTimeout(() => this.#tick(), coalesceMs);
  }

  /** Sends what waits: before the finished message, which stands for all of it. */
  flush(): void {
    if (this.#waiting === undefined) return;
    this.#send(this.#waiting);
    this.#waiting = undefined;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#waiting === undefined) return;
    this.flush();
    this.#timer = setTimeout(() => this.#tick(), coalesceMs);
  }
}

function continues(before: DeltaPiece, piece: DeltaPiece): boolean {
  return (
    before.messageId === piece.messageId &&
    before.attempt === piece.attempt &&
    before.reasoning === piece.reasoning &&
    before.offset + before.text.length === piece.offset
  );
}
