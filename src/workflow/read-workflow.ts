import type { Json } from "../contract/json.ts";
import { isTooLarge } from "./definition/check-size.ts";
import { warnOfRecursion } from "./definition/check-recursion.ts";
import { modeOf } from "./definition/evaluation-mode.ts";
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
  const reading = new Reading(useNamesOf(document), modeOf(document));
  const place = { value: document, pointer: "", reading, variables: [], usesSecrets: false };
  if (isTooLarge(place)) return { definition: undefined, findings: reading.findings };
  const read = workflowDocument(place);
  if (read?.use?.functions) warnOfRecursion(read.use.functions, reading);
  const isSound = read !== undefined && reading.isSound;
  return {
    definition: isSound ? { ...read, source: document } : undefined,
    findings: reading.findings,
  };
}
