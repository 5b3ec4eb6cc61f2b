import { readWorkflow } from "../../workflow/read-workflow.ts";
import { pathOfPointer } from "../../workflow/reading/pointer-path.ts";
import { workflowDocumentOf } from "../../workflow/workflow-document.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { nearestPosition } from "../manifest/nearest-position.ts";

/** What is suspicious in the workflows of files and refuses nothing: `FILE:LINE:COLUMN: path: what`. */
export function workflowWarnings(documents: readonly ManifestDocument[]): string[] {
  return documents.flatMap(warningsOf);
}

function warningsOf({
  document: { resource },
  place,
  positions,
  keys,
}: ManifestDocument): string[] {
  if (resource.case !== "workflow" || !resource.value.spec) return [];
  const document = workflowDocumentOf(resource.value.spec);
  return readWorkflow(document)
    .findings.filter(({ severity }) => severity === "warning")
    .map(({ pointer, message }) => {
      const path = pathOfPointer(document, pointer, "spec");
      const at = keys.get(path) ?? nearestPosition(positions, path) ?? place;
      return `${at}: ${path}: ${message}`;
    });
}
