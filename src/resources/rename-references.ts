import type { WorkflowSpec } from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { Kind } from "../contract/kinds.ts";
import type { StoreReader } from "../store/store.ts";
import { findReferred, type Reference, referencesOf } from "./references.ts";
import type { Resource } from "./resource.ts";
import { specSchema } from "./stored-resource.ts";
import { renameInWorkflow } from "./workflow-references.ts";

/** Writes slugs in the place of ids and names; `@VERSION` stays, and so does what leads nowhere. */
export function renameReferences(read: StoreReader, kind: Kind, { spec }: Resource): void {
  if (!spec) return;
  const nameOf = (reference: Reference): string => slugFor(read, reference);
  for (const reference of referencesOf(specSchema(kind), spec)) {
    const name = nameOf(reference);
    if (name !== reference.name) reference.rename(name);
  }
  if (kind.number === ApiResourceKind.WORKFLOW) renameInWorkflow(spec as WorkflowSpec, nameOf);
}

function slugFor(read: StoreReader, reference: Reference): string {
  const found = findReferred(read, reference);
  return found ? `${found.row.slug ?? found.row.id}${found.suffix}` : reference.name;
}
