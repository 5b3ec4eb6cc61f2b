import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { StigmerError } from "../contract/errors.ts";
import { fileError, systemCodeOf } from "../system/file-error.ts";
import {
  type SweepIndex,
  type SweepOptions,
  sweepArtifacts,
  type SweptArtifacts,
} from "./artifact-sweep.ts";
import { Exclusive } from "./exclusive.ts";
import type { NewArtifact } from "./operations/artifact-operations.ts";
import type { ArtifactRow } from "./tables/artifact-table.ts";

/** Large values as files named after their content; nothing is held in memory as a whole. */
export interface Artifacts {
  /**
   * Durable when it resolves; the same content is kept once. `size` in bytes. It stays with the
   * resource `keptFor`; without one somebody has to refer to it within a day.
   */
  put(content: Uint8Array | AsyncIterable<Uint8Array>, keptFor?: string): Promise<ArtifactRow>;
  /** The content; fails with `data-loss` at its end when it is not what was put. Throws `not-found`. */
  open(hash: string): Promise<AsyncIterable<Uint8Array>>;
  /** Removes what nothing refers to. */
  sweep(options: SweepOptions): Promise<SweptArtifacts>;
}

export interface ArtifactIndex extends SweepIndex {
  find(hash: string): ArtifactRow | undefined;
  record(artifact: NewArtifact): Promise<void>;
}

const unfinishedSuffix = ".tmp";
const retryHint = "free space on the volume of the data folder and try again; no restart is needed";

/** Opens the folder (0700) and removes what an earlier process left unfinished. */
export async function openArtifacts(folder: string, index: ArtifactIndex): Promise<Artifacts> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeUnfinished(folder);
  const exclusive = new Exclusive();
  return {
    async put(content, keptFor) {
      await using file = await writeAside(folder, chunksOf(content));
      // A sweep of the same content is over, or begins when the artifact is known.
      return await exclusive.run(file.hash, async () => {
        await file.name();
        const artifact = { hash: file.hash, size: file.size, createdAt: Date.now() };
        await index.record({ ...artifact, ...(keptFor === undefined ? {} : { keptFor }) });
        return artifact;
      });
    },
    async open(hash) {
      const artifact = index.find(hash);
      if (artifact === undefined) throw new StigmerError("not-found", `no artifact ${hash}`);
      const path = join(folder, hash);
      await refuseOtherSize(path, artifact);
      return verifiedChunks(path, hash);
    },
    sweep: (options) => sweepArtifacts(folder, { index, exclusive }, options),
  };
}

async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder);
  const unfinished = names.filter((name) => name.endsWith(unfinishedSuffix));
  await Promise.all(unfinished.map((name) => rm(join(folder, name), { force: true })));
}

async function* chunksOf(
  content: Uint8Array | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) yield content;
  else yield* content;
}

interface FileAside extends AsyncDisposable {
  readonly hash: string;
  readonly size: number;
  /** Gives it the name of its hash: a file of that name is always whole. */
  name(): Promise<void>;
}

/** Durable, and gone when it is disposed without having a name. */
async function writeAside(folder: string, chunks: AsyncIterable<Uint8Array>): Promise<FileAside> {
  const unfinished = join(folder, `${crypto.randomUUID()}${unfinishedSuffix}`);
  const discard = (): Promise<void> => rm(unfinished, { force: true });
  try {
    const { hash, size } = await writeChunks(unfinished, chunks);
    return {
      hash,
      size,
      name: () => nameFile(folder, unfinished, hash),
      [Symbol.asyncDispose]: discard,
    };
  } catch (thrown) {
    await discard();
    throw writeFailure(folder, thrown);
  }
}

async function nameFile(folder: string, unfinished: string, hash: string): Promise<void> {
  try {
    await rename(unfinished, join(folder, hash));
    await syncFolder(folder);
  } catch (thrown) {
    throw writeFailure(folder, thrown);
  }
}

function writeFailure(folder: string, thrown: unknown): unknown {
  return isFileError(thrown) ? fileError("write", folder, thrown, retryHint) : thrown;
}

async function writeChunks(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ hash: string; size: number }> {
  const hasher = new Bun.CryptoHasher("sha256");
  let size = 0;
  await using file = await open(path, "wx", 0o600);
  for await (const chunk of chunks) {
    hasher.update(chunk);
    size += chunk.byteLength;
    await writeAll(file, chunk);
  }
  await file.sync();
  return { hash: hasher.digest("hex"), size };
}

/** One write may take only a part: what does not fit any more fails on the next. */
async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength;) {
    const { bytesWritten } = await file.write(chunk, offset, chunk.byteLength - offset);
    offset += bytesWritten;
  }
}

/** What the content itself throws while it is read is not about a file. */
function isFileError(thrown: unknown): boolean {
  return !(thrown instanceof StigmerError) && systemCodeOf(thrown) !== undefined;
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}

async function refuseOtherSize(path: string, { hash, size }: ArtifactRow): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== size) throw damaged(hash);
}

async function* verifiedChunks(path: string, hash: string): AsyncGenerator<Uint8Array> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    hasher.update(chunk);
    yield chunk;
  }
  if (hasher.digest("hex") !== hash) throw damaged(hash);
}

function damaged(hash: string): StigmerError {
  return new StigmerError("data-loss", `the file of artifact ${hash} is missing or damaged`, {
    hint: "restore it from a backup",
  });
}
