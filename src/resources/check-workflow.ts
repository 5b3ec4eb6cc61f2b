import { type JsonObject, toJson } from "@bufbuild/protobuf";
import { StigmerError } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";
import {
  type WorkflowSpec,
  WorkflowSpecSchema,
} from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import { readWorkflow } from "../workflow/read-workflow.ts";
import type { Finding } from "../workflow/reading/finding.ts";

/** The document that a spec carries: without what is ours. */
function workflowDocumentOf(spec: WorkflowSpec): Json {
  const { environmentRefs: _ours, ...document } = toJson(WorkflowSpecSchema, spec) as JsonObject;
  return document;
}

/**
 * Refuses a definition that cannot run, with everything that is wrong with it.
 *
 * @param field where it stands: `spec.definition`
 */
export function checkWorkflow(spec: WorkflowSpec, field: string): void {
  const { definition, findings } = readWorkflow(workflowDocumentOf(spec));
  if (definition) return;
  const errors = findings.filter(({ severity }) => severity === "error");
  const violations = errors.map((finding) => violationOf(finding, field));
  const first = violations[0];
  throw new StigmerError(
    "invalid-argument",
    first ? `${first.field}: ${first.message}` : `${field}: is no workflow`,
    { hint: "stigmer workflow validate FILE", violations },
  );
}

function violationOf({ pointer, rule, message }: Finding, field: string) {
  return { field: `${field}${pointer}`, rule, message };
}
