import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { messageOf, StigmerError } from "../../contract/errors.ts";
import {
  type HistoryData,
  type HistoryPart,
  HistoryPartSchema,
} from "../../contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import {
  type HistoryRecord,
  HistoryRecordSchema,
} from "../../contract/gen/ai/stigmer/agentic/history/v1/record_pb.ts";

/** Of one part; far below `limits.messageBytes`. */
const partBytes = 1 << 20;

/** A record is put together again up to this size; the store writes none that is larger. */
const maxRecordBytes = 128 << 20;

/** A record as one part, or several when it is large. */
export function* dataParts(
  name: string,
  record: NonNullable<MessageInitShape<typeof HistoryRecordSchema>["record"]>,
): Generator<HistoryPart> {
  const bytes = toBinary(HistoryRecordSchema, create(HistoryRecordSchema, { record }));
  for (let at = 0; at === 0 || at < bytes.length; at += partBytes) {
    const piece = bytes.subarray(at, at + partBytes);
    const continues = at + partBytes < bytes.length;
    const sha256 = continues ? new Uint8Array() : hashOf([bytes]);
    const value = { name, bytes: piece, continues, sha256 };
    yield create(HistoryPartSchema, { part: { case: "data", value } });
  }
}

/** Puts records together again. */
export class RecordAssembly {
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** The record when this is its last piece. Throws `data-loss` for one that is damaged or too large. */
  add({ name, bytes, continues, sha256 }: HistoryData): HistoryRecord | undefined {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    if (this.#size > maxRecordBytes) throw damaged(name, "is larger than any record");
    if (continues) return undefined;
    const pieces = this.#pieces;
    [this.#pieces, this.#size] = [[], 0];
    if (Buffer.compare(hashOf(pieces), sha256) !== 0) throw damaged(name, "is damaged");
    try {
      return fromBinary(HistoryRecordSchema, Buffer.concat(pieces));
    } catch (thrown) {
      throw damaged(name, `cannot be read: ${messageOf(thrown)}`);
    }
  }

  get isWhole(): boolean {
    return this.#pieces.length === 0;
  }
}

function hashOf(pieces: readonly Uint8Array[]): Uint8Array {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const piece of pieces) hasher.update(piece);
  return hasher.digest();
}

function damaged(name: string, what: string): StigmerError {
  return new StigmerError("data-loss", `the record ${name} of the history ${what}`, {
    hint: "export it again",
  });
}
