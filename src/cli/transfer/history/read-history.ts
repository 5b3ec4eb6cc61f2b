import { createReadStream } from "node:fs";
import { createZstdDecompress } from "node:zlib";
import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { messageOf, StigmerError } from "../../../contract/errors.ts";
import {
  type HistoryPart,
  HistoryPartSchema,
  type ImportHistoryResponse,
} from "../../../contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import { HistoryController } from "../../../contract/gen/ai/stigmer/agentic/history/v1/command_pb.ts";
import { unreadableFile } from "../../input/unreadable-file.ts";
import { ByteReader } from "./byte-reader.ts";
import { readTarHeader, tarBlockBytes, type TarEntry, tarPadding } from "./tar-header.ts";
import type { HistoryTarget } from "./write-history.ts";

/** A part is a message. */
const maxPartBytes = 8 << 20;

/** Of an artifact, at once. */
const contentBytes = 256 * 1024;

const artifactName = /^artifacts\/([0-9a-f]{64})$/;

/**
 * Gives the daemon a history that {@link writeHistory} wrote: artifacts before what refers to them.
 *
 * @throws StigmerError `data-loss` for a file that is damaged or cut off; `invalid-argument` for one
 * that is no history or cannot be read; what the daemon refuses
 */
export async function readHistory(target: HistoryTarget): Promise<ImportHistoryResponse> {
  return await target.daemon.upload(HistoryController.method.import, partsOf(target));
}

async function* partsOf(target: HistoryTarget): AsyncGenerator<HistoryPart> {
  const { file } = target;
  const reader = new ArchiveReader(target);
  try {
    yield* reader.parts();
  } catch (cause) {
    if (cause instanceof RangeError) throw cutOff(file, cause);
    if (!(cause instanceof TypeError)) throw cause;
    // What began well and goes on badly was one.
    throw reader.hasBegun ? damaged(file, cause) : noHistory(file, cause);
  }
}

/** Throws RangeError where the file ends too early, TypeError where it is no archive of ours. */
class ArchiveReader {
  hasBegun = false;
  readonly #bytes: ByteReader;

  constructor(target: HistoryTarget) {
    this.#bytes = new ByteReader(unpacked(target));
  }

  async *parts(): AsyncGenerator<HistoryPart> {
    for (;;) {
      const entry = readTarHeader(await this.#bytes.take(tarBlockBytes));
      if (!entry) return;
      const sha256 = artifactName.exec(entry.name)?.[1];
      if (sha256 === undefined) yield await this.#part(entry);
      else yield* this.#artifact(sha256, entry);
      this.hasBegun = true;
      await this.#bytes.take(tarPadding(entry.size));
    }
  }

  async #part({ name, size }: TarEntry): Promise<HistoryPart> {
    if (!(size <= maxPartBytes)) throw new TypeError(`${name} is too large`);
    const content = await this.#bytes.take(size);
    try {
      return fromBinary(HistoryPartSchema, content);
    } catch (cause) {
      throw new TypeError(`${name} cannot be read`, { cause });
    }
  }

  async *#artifact(sha256: string, { size }: TarEntry): AsyncGenerator<HistoryPart> {
    yield partOf({ case: "artifact", value: { sha256, size: BigInt(size) } });
    for await (const piece of this.#bytes.pieces(size)) {
      for (let at = 0; at < piece.length; at += contentBytes) {
        yield partOf({ case: "content", value: piece.subarray(at, at + contentBytes) });
      }
    }
  }
}

function partOf(part: MessageInitShape<typeof HistoryPartSchema>["part"] & object): HistoryPart {
  return create(HistoryPartSchema, { part });
}

async function* unpacked({ file, signal }: HistoryTarget): AsyncGenerator<Uint8Array> {
  const packed = createReadStream(file, { signal });
  const stream = createZstdDecompress();
  packed.on("error", (cause) => stream.destroy(unreadableFile(file, cause)));
  packed.pipe(stream);
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof StigmerError) throw cause;
    throw isForeign(cause) ? noHistory(file, cause) : damaged(file, cause);
  }
}

/** Not even the first bytes are those of zstd. */
function isForeign(cause: unknown): boolean {
  return (cause as { code?: unknown } | undefined)?.code === "ZSTD_error_prefix_unknown";
}

function damaged(file: string, cause: unknown): StigmerError {
  return new StigmerError("data-loss", `${file} is damaged: ${messageOf(cause)}.`, {
    hint: "Copy it again, or export it again.",
    cause,
  });
}

function cutOff(file: string, cause: unknown): StigmerError {
  return new StigmerError("data-loss", `${file} is cut off.`, {
    hint: "Copy the whole file, then import it again: what is there already is skipped.",
    cause,
  });
}

function noHistory(file: string, cause: unknown): StigmerError {
  return new StigmerError("invalid-argument", `${file} is no history.`, {
    hint: "stigmer export --all --include-history FILE.tar.zst writes one.",
    cause,
  });
}
