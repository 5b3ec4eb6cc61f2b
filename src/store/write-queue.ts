import { StigmerError } from "../contract/errors.ts";
import { errorFromWire } from "./error-wire.ts";
import type { Write } from "./operations/operations.ts";
import type { WireOutcome } from "./writer-protocol.ts";

/** A group is one transaction; its size bounds the write-ahead log and the wait of its first write. */
const groupBytes = 8 * 1024 * 1024;
const groupWrites = 512;

/** Beyond this, writers have to wait: the process must not fill up behind a slow disk. */
const queueBytes = 128 * 1024 * 1024;

interface PendingWrite {
  readonly write: Write;
  readonly bytes: number;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: StigmerError) => void;
}

/** The writes that wait, and the group that is under way. */
export class WriteQueue {
  private waiting: PendingWrite[] = [];
  private waitingBytes = 0;
  private underWay: readonly PendingWrite[] = [];

  get isBusy(): boolean {
    return this.underWay.length > 0;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  add(write: Write): Promise<unknown> {
    const bytes = bytesOf(write.input);
    if (this.waitingBytes + bytes > queueBytes && !this.isEmpty) {
      return Promise.reject(
        new StigmerError("resource-exhausted", "too many writes wait for the disk", {
          hint: "try again in a moment",
        }),
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.waiting.push({ write, bytes, resolve, reject });
    this.waitingBytes += bytes;
    return promise;
  }

  /** The oldest writes up to the size of a group, now under way. */
  takeGroup(): Write[] {
    let bytes = 0;
    let count = 0;
    for (const pending of this.waiting) {
      if (count === groupWrites || (count > 0 && bytes + pending.bytes > groupBytes)) break;
      bytes += pending.bytes;
      count += 1;
    }
    this.underWay = this.waiting.splice(0, count);
    this.waitingBytes -= bytes;
    return this.underWay.map(({ write }) => write);
  }

  settleGroup(outcomes: readonly WireOutcome[]): void {
    const settled = this.underWay;
    this.underWay = [];
    settled.forEach((pending, index) => {
      const outcome = outcomes[index];
      if (outcome?.kind === "done") pending.resolve(outcome.output);
      else if (outcome?.kind === "failed") pending.reject(errorFromWire(outcome.error));
      else pending.reject(new StigmerError("internal", "the writer gave no answer"));
    });
  }

  rejectGroup(error: StigmerError): void {
    const rejected = this.underWay;
    this.underWay = [];
    for (const pending of rejected) pending.reject(error);
  }

  rejectAll(error: StigmerError): void {
    this.rejectGroup(error);
    const rejected = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    for (const pending of rejected) pending.reject(error);
  }
}

/** Bytes of the values of an input, nearly: what counts are bodies and payloads. */
function bytesOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.values(value).reduce((sum: number, item) => sum + bytesOf(item), 0);
}
