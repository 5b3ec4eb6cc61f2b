import { StigmerError } from "../../contract/errors.ts";
import { ArtifactController } from "../../contract/gen/ai/stigmer/agentic/artifact/v1/command_pb.ts";
import type { ArtifactChunk } from "../../contract/gen/ai/stigmer/agentic/artifact/v1/api_pb.ts";
import type { Store } from "../../store/store.ts";
import { formatByteSize } from "../../system/byte-size.ts";
import type { Settings } from "../../system/settings.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";

/** Large values that users bring and take, in pieces. */
export function artifactService(
  { artifacts, read }: Store,
  settings: () => Promise<Settings>,
): ServiceImplementation {
  return implement(ArtifactController, {
    async upload(chunks) {
      const maxBytes = (await settings()).get("limits.artifactBytes");
      const { hash, size } = await artifacts.put(bounded(chunks, maxBytes));
      return { sha256: hash, size: BigInt(size) };
    },
    async get({ sha256 }) {
      const found = read.artifact(sha256);
      if (!found) throw new StigmerError("not-found", `no artifact ${sha256}`);
      return await Promise.resolve({ sha256, size: BigInt(found.size) });
    },
    async *download({ sha256 }) {
      for await (const data of await artifacts.open(sha256)) yield { data };
    },
  });
}

async function* bounded(
  chunks: AsyncIterable<ArtifactChunk>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const { data } of chunks) {
    size += data.length;
    if (size > maxBytes) {
      const message = `the artifact is larger than ${formatByteSize(maxBytes)}`;
      throw new StigmerError("resource-exhausted", message, {
        hint: "stigmer config set limits.artifactBytes SIZE, or bring less",
      });
    }
    yield data;
  }
}
