import type { Json } from "../contract/json.ts";
import { useNamesOf } from "./definition/use-names.ts";
import { type WorkflowDefinition, workflowDocument } from "./definition/workflow-definition.ts";
import type { Finding } from "./reading/finding.ts";
import { Reading } from "./reading/reading.ts";

export interface ReadWorkflow {
  /** Undefined when there is an error among the findings. */
  readonly definition: WorkflowDefinition | undefined;
  /** In the order of the document, as far as it is read in it. */
  readonly findings: readonly Finding[];
}

/** Reads and checks a document; everything that is wrong with it is found at once. */
export function readWorkflow(document: Json): ReadWorkflow {
  const reading = new Reading(useNamesOf(document));
  const read = workflowDocument({ value: document, pointer: "", reading, variables: [] });
  const isSound = read !== undefined && reading.isSound;
  return {
    definition: isSound ? { ...read, source: document } : undefined,
    findings: reading.findings,
  };
}
