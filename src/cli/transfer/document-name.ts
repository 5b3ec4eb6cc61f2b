import type { ResourceDocument } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";

/** `agent/reviewer`: documents are of several kinds. */
export function documentName({ resource: { value } }: ResourceDocument): string {
  return `${(value?.kind ?? "").toLowerCase()}/${value?.metadata?.slug ?? ""}`;
}
