import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CallOptions } from "../../contract/channel.ts";
import type { ApiResourceListRequestSchema } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import type { ApiResourceMetadata } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import type { View } from "../output/output.ts";

/** What every resource has. */
export interface Resource {
  metadata?: ApiResourceMetadata | undefined;
}

export interface ResourcePage<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

/** The connection of a command, or anything else that calls the daemon. */
export type ResourceLister = Pick<DaemonConnection, "call">;

/** How the commands reach the resources of one kind, and how these look. */
export interface ResourceKind<T extends Resource> {
  /** The word of the command line: `agent`. */
  readonly word: string;
  readonly plural: string;
  readonly view: View<T>;
  list(
    daemon: ResourceLister,
    request: MessageInitShape<typeof ApiResourceListRequestSchema>,
  ): Promise<ResourcePage<T>>;
  /** By id, slug or name. */
  get(daemon: DaemonConnection, reference: string): Promise<T>;
  remove(daemon: DaemonConnection, reference: string, options: CallOptions): Promise<T>;
}

/** The slug, or the id of what has no name. */
export function nameOf(resource: Resource): string {
  return resource.metadata?.slug || resource.metadata?.id || "";
}
