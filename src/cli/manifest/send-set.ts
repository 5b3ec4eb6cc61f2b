import { create } from "@bufbuild/protobuf";
import {
  ResourceDocumentSchema,
  type ResourceSet,
  type ResourceSetChanges,
  ResourceSetChangesSchema,
  ResourceSetSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ResourceSetController } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import { inParts } from "../../contract/message-parts.ts";
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
 * Has the daemon plan or apply a set as one unit, in as many messages as it needs.
 *
 * @throws StigmerError with the places in the files that the daemon's sentences are about
 */
export async function sendSet(
  method: SetMethod,
  { manifest, pruneSelector = "" }: SentSet,
  { daemon }: { readonly daemon: DaemonConnection },
): Promise<ResourceSetChanges> {
  const answer = create(ResourceSetChangesSchema);
  const options = { timeoutMs: callTimeoutMs };
  try {
    const parts = setParts(manifest, pruneSelector);
    const answers = daemon.exchange(ResourceSetController.method[method], parts, options);
    for await (const { changes } of answers) for (const each of changes) answer.changes.push(each);
    return answer;
  } catch (thrown) {
    throw locateViolations(thrown, manifest);
  }
}

function* setParts(
  manifest: readonly ManifestDocument[],
  pruneSelector: string,
): Generator<ResourceSet> {
  yield create(ResourceSetSchema, { pruneSelector });
  const documents = manifest.map(({ document }) => document);
  for (const part of inParts(ResourceDocumentSchema, documents)) {
    yield create(ResourceSetSchema, { documents: part });
  }
}
