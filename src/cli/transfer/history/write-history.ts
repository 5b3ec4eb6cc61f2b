import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { toBinary } from "@bufbuild/protobuf";
import { messageOf, StigmerError } from "../../../contract/errors.ts";
import {
  type HistoryArtifact,
  type HistoryHeader,
  type HistoryPart,
  HistoryPartSchema,
} from "../../../contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import { HistoryController } from "../../../contract/gen/ai/stigmer/agentic/history/v1/command_pb.ts";
import { type ArtifactClient, downloadArtifact } from "../../skill/artifacts.ts";
import { endOfTar, tarHeader, tarPadding } from "./tar-header.ts";

export interface HistoryTarget {
  readonly daemon: ArtifactClient;
  readonly file: string;
  readonly signal: AbortSignal;
}

/** What was written. */
export interface WrittenHistory {
  readonly header: HistoryHeader | undefined;
  readonly artifacts: number;
}

/**
 * Writes the history of the daemon as a tar, compressed with zstd: a file for each part and each
 * artifact, in the order in which an import needs them. The file is there when it is whole.
 *
 * @throws StigmerError `failed-precondition` when it cannot be written
 */
export async function writeHistory(target: HistoryTarget): Promise<WrittenHistory> {
  const { file, signal } = target;
  const unfinished = `${file}.partial`;
  const archive = new HistoryArchive(target.daemon);
  const params = { [constants.ZSTD_c_checksumFlag]: 1 };
  try {
    const output = createWriteStream(unfinished, { mode: 0o600 });
    const packed = createZstdCompress({ params });
    await pipeline(Readable.from(archive.bytes(), { objectMode: false }), packed, output, {
      signal,
    });
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true });
    signal.throwIfAborted();
    if (cause instanceof StigmerError) throw cause;
    throw new StigmerError("failed-precondition", `Cannot write ${file}: ${messageOf(cause)}.`, {
      hint: "Name a file in a folder that you can write.",
      cause,
    });
  }
  return archive;
}

class HistoryArchive implements WrittenHistory {
  header: HistoryHeader | undefined;
  artifacts = 0;
  #entries = 0;
  readonly #daemon: ArtifactClient;

  constructor(daemon: ArtifactClient) {
    this.#daemon = daemon;
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    for await (const part of this.#daemon.stream(HistoryController.method.export, {})) {
      if (part.part.case === "header") this.header = part.part.value;
      if (part.part.case === "artifact") yield* this.#artifact(part.part.value);
      else yield* this.#record(part);
    }
    yield endOfTar;
  }

  async *#artifact({ sha256, size: sent }: HistoryArtifact): AsyncGenerator<Uint8Array> {
    const size = Number(sent);
    this.artifacts += 1;
    yield tarHeader({ name: `artifacts/${sha256}`, size });
    yield* downloadArtifact(this.#daemon, sha256);
    yield Buffer.alloc(tarPadding(size));
  }

  *#record(part: HistoryPart): Generator<Uint8Array> {
    const content = toBinary(HistoryPartSchema, part);
    const name = part.part.case === "data" ? part.part.value.name : "header";
    this.#entries += 1;
    yield tarHeader({ name: `${name}/${this.#entries}`, size: content.length });
    yield content;
    yield Buffer.alloc(tarPadding(content.length));
  }
}
