import type { ResourceSetChanges } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ResourceSetController } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import { locateViolations } from "./locate-violations.ts";
import type { ManifestDocument } from "./manifest-document.ts";

export type SetMethod = "plan" | "apply";

export interface SentSet {
  readonly manifest: readonly ManifestDocument[];
  /** Empty: nothing is deleted. */
  readonly pruneSelector?: string;
}

/** Below the time of the command itself, so that the daemon's answer comes first. */
const callTimeoutMs = 55_000;

/**
 * Has the daemon plan or apply a set as one unit.
 *
 * @throws StigmerError with the places in the files that the daemon's sentences are about
 */
export async function sendSet(
  method: SetMethod,
  { manifest, pruneSelector = "" }: SentSet,
  { daemon }: { readonly daemon: DaemonConnection },
): Promise<ResourceSetChanges> {
  const set = { documents: manifest.map(({ document }) => document), pruneSelector };
  try {
    const timeoutMs = callTimeoutMs;
    return await daemon.call(ResourceSetController.method[method], set, { timeoutMs });
  } catch (thrown) {
    throw locateViolations(thrown, manifest);
  }
}
