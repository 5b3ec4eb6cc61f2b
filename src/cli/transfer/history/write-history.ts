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
import type { DaemonConnection } from "../../connect/daemon-connection.ts";
import { endOfTar, tarHeader, tarPadding } from "./tar-header.ts";

export interface HistoryTarget {
  readonly daemon: Pick<DaemonConnection, "stream" | "upload">;
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
  /** Of the artifact that is being written. */
  #expected = { size: 0, missing: 0 };
  readonly #daemon: HistoryTarget["daemon"];

  constructor(daemon: HistoryTarget["daemon"]) {
    this.#daemon = daemon;
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    for await (const message of this.#daemon.stream(HistoryController.method.export, {})) {
      const { part } = message;
      if (part.case === "artifact") yield this.#artifact(part.value);
      else if (part.case === "content") yield* this.#content(part.value);
      else yield* this.#record(message);
      if (part.case === "header") this.header = part.value;
    }
    yield endOfTar;
  }

  #artifact({ sha256, size: sent }: HistoryArtifact): Uint8Array {
    const size = Number(sent);
    this.artifacts += 1;
    this.#expected = { size, missing: size };
    return tarHeader({ name: `artifacts/${sha256}`, size });
  }

  *#content(content: Uint8Array): Generator<Uint8Array> {
    this.#expected.missing -= content.length;
    yield content;
    if (this.#expected.missing === 0) yield Buffer.alloc(tarPadding(this.#expected.size));
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
