import { StigmerError } from "../../contract/errors.ts";
import type { Terminal } from "../terminal.ts";
import { sizeText } from "../output/size-text.ts";
import { type ArtifactClient, findArtifact, uploadArtifact } from "./artifacts.ts";

export interface UploadContext {
  readonly daemon: ArtifactClient;
  readonly terminal: Pick<Terminal, "progress" | "clearProgress">;
}

/** A file whose content is known by its hash. */
export interface HashedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** How many files are uploaded at the same time. */
const uploadsAtOnce = 8;

/** Uploads what the daemon does not have. Throws `conflict` for a file that changes meanwhile. */
export async function uploadMissing(
  files: readonly HashedFile[],
  { daemon, terminal }: UploadContext,
): Promise<void> {
  const waiting = [...new Map(files.map((file) => [file.sha256, file])).values()];
  const count = waiting.length;
  let started = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      started += 1;
      terminal.progress(
        `Uploading ${next.path} (${sizeText(next.bytes)}), ${started} of ${count} …`,
      );
      // oxlint-disable-next-line no-await-in-loop -- as many at once as there are workers
      if (!(await findArtifact(daemon, next.sha256))) await upload(daemon, next);
    }
  };
  await Promise.all(Array.from({ length: Math.min(uploadsAtOnce, count) }, work));
  terminal.clearProgress();
}

async function upload(daemon: ArtifactClient, file: HashedFile): Promise<void> {
  const stored = await uploadArtifact(daemon, file.open());
  if (stored.sha256 === file.sha256) return;
  throw new StigmerError("conflict", `${file.path} changed while it was read.`, {
    hint: "Try again.",
  });
}
