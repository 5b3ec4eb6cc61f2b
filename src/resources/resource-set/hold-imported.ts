import type { Schedule } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { Kind } from "../../contract/kinds.ts";
import type { Resource } from "../resource.ts";

/** Keeps what came by an import from starting anything by itself. */
export function holdImported(kind: Kind, resource: Resource): void {
  if (kind.number !== ApiResourceKind.SCHEDULE) return;
  const { status } = resource as Schedule;
  if (status) status.heldByImport = true;
}

/** Whether only the word of its user is missing for it to start something by itself. */
export function isHeld(kind: Kind, resource: Resource): boolean {
  return (
    kind.number === ApiResourceKind.SCHEDULE && (resource as Schedule).status?.heldByImport === true
  );
}
