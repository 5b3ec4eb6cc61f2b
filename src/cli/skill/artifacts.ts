import { toStigmerError } from "../../contract/errors.ts";
import type { Artifact } from "../../contract/gen/ai/stigmer/agentic/artifact/v1/api_pb.ts";
import { ArtifactController } from "../../contract/gen/ai/stigmer/agentic/artifact/v1/command_pb.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";

/** Of a {@link DaemonConnection}, what files need. */
export type ArtifactClient = Pick<DaemonConnection, "call" | "stream" | "upload">;

const { upload, get, download } = ArtifactController.method;
const chunkBytes = 256 * 1024;

/** What the daemon has under a SHA-256. */
export async function findArtifact(
  daemon: ArtifactClient,
  sha256: string,
): Promise<Artifact | undefined> {
  try {
    return await daemon.call(get, { sha256 });
  } catch (thrown) {
    if (toStigmerError(thrown).code === "not-found") return undefined;
    throw thrown;
  }
}

/** Keeps a content for a day, or as long as something refers to it. Throws `resource-exhausted`. */
export async function uploadArtifact(
  daemon: ArtifactClient,
  content: AsyncIterable<Uint8Array>,
): Promise<Artifact> {
  return await daemon.upload(upload, chunksOf(content));
}

/** Throws `not-found`, `data-loss`. */
export async function* downloadArtifact(
  daemon: ArtifactClient,
  sha256: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { data } of daemon.stream(download, { sha256 })) yield data;
}

/** No larger than a message may be. */
async function* chunksOf(
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ data: Uint8Array }, void, undefined> {
  for await (const bytes of content) {
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      yield { data: bytes.subarray(start, start + chunkBytes) };
    }
  }
}
