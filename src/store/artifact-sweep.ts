import { opendir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Exclusive } from "./exclusive.ts";
import type { Use } from "./readers/history-reader.ts";

export interface SweptArtifacts {
  readonly artifacts: number;
  /** Files without an artifact: what a crash between the two removals left. */
  readonly files: number;
  readonly bytes: number;
}

export interface SweepOptions {
  /** Artifacts that were put since this time stay, used or not. Milliseconds. */
  readonly before: number;
  readonly signal: AbortSignal;
}

export interface SweepIndex {
  has(hash: string): boolean;
  use(afterHash: string, limit: number, before: number): Use[];
  /** False when somebody refers to it, or put it again, since it was looked at. */
  drop(hash: string, before: number): Promise<boolean>;
}

const atOnce = 200;
const hashPattern = /^[0-9a-f]{64}$/;

/** Removes what nothing refers to: the row first, then the file. Whoever puts the same content waits. */
export async function sweepArtifacts(
  folder: string,
  { index, exclusive }: { readonly index: SweepIndex; readonly exclusive: Exclusive },
  options: SweepOptions,
): Promise<SweptArtifacts> {
  let artifacts = 0;
  let bytes = 0;
  for await (const unused of unusedArtifacts(index, options)) {
    const removed = await Promise.all(
      unused.map((hash) =>
        exclusive.run(hash, async () =>
          (await index.drop(hash, options.before))
            ? await removeFile(join(folder, hash))
            : undefined,
        ),
      ),
    );
    const sizes = removed.filter((size) => size !== undefined);
    artifacts += sizes.length;
    bytes += sizes.reduce((sum, size) => sum + size, 0);
  }
  const left = await sweepFiles(folder, { index, exclusive }, options);
  return { artifacts, files: left.files, bytes: bytes + left.bytes };
}

async function* unusedArtifacts(
  index: SweepIndex,
  { before, signal }: SweepOptions,
): AsyncGenerator<string[]> {
  let after = "";
  while (!signal.aborted) {
    const page = index.use(after, atOnce, before);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.hash;
    const unused = page.flatMap(({ hash, isUsed }) => (isUsed ? [] : [hash]));
    if (unused.length > 0) yield unused;
    // oxlint-disable-next-line no-await-in-loop -- lets others work between two pages
    else await new Promise(setImmediate);
  }
}

async function sweepFiles(
  folder: string,
  { index, exclusive }: { readonly index: SweepIndex; readonly exclusive: Exclusive },
  { signal }: SweepOptions,
): Promise<{ files: number; bytes: number }> {
  let files = 0;
  let bytes = 0;
  for await (const { name } of await opendir(folder)) {
    if (signal.aborted) break;
    if (!hashPattern.test(name) || index.has(name)) continue;
    const size = await exclusive.run(name, async () =>
      index.has(name) ? undefined : await removeFile(join(folder, name)),
    );
    if (size === undefined) continue;
    files += 1;
    bytes += size;
  }
  return { files, bytes };
}

/** Bytes of the file that is gone. */
async function removeFile(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  await rm(path, { force: true });
  return found?.size ?? 0;
}
