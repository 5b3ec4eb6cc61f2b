import type { ResourceDocument } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";

/** `agent/reviewer`: documents are of several kinds, and a file may name them without a slug. */
export function documentName({ resource: { value } }: ResourceDocument): string {
  const { slug = "", name = "" } = value?.metadata ?? {};
  return `${(value?.kind ?? "").toLowerCase()}/${slug || name}`;
}
