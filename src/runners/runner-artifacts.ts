import type { Channel } from "../contract/channel.ts";
import { retryWhileFull } from "./retry-while-full.ts";
import {
  RunnerController,
  type RunnerExecution,
} from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";

const chunkBytes = 256 * 1024;

/** Keeps bytes under their SHA-256, which it returns. */
export async function writeArtifact(
  channel: Channel,
  execution: RunnerExecution,
  bytes: Uint8Array,
): Promise<string> {
  const { putArtifact } = RunnerController.method;
  const { sha256 } = await retryWhileFull(() =>
    channel.clientStream(putArtifact, chunksOf(execution, bytes)),
  );
  return sha256;
}

export async function readArtifact(
  channel: Channel,
  execution: RunnerExecution,
  sha256: string,
): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(streamArtifact(channel, { execution, sha256 })));
}

/** Piece by piece; reads no further than its reader does. */
export async function* streamArtifact(
  channel: Channel,
  request: { readonly execution: RunnerExecution; readonly sha256: string },
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const options = signal === undefined ? {} : { signal };
  const { getArtifact } = RunnerController.method;
  for await (const { data } of channel.serverStream(getArtifact, request, options)) yield data;
}

async function* chunksOf(
  execution: RunnerExecution,
  bytes: Uint8Array,
): AsyncGenerator<{ execution: RunnerExecution; data: Uint8Array }> {
  for (let start = 0; start === 0 || start < bytes.length; start += chunkBytes) {
    yield await Promise.resolve({ execution, data: bytes.subarray(start, start + chunkBytes) });
  }
}
