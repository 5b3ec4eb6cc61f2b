import { StigmerError } from "../contract/errors.ts";
import type { WorkflowSpec } from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import { readWorkflow } from "../workflow/read-workflow.ts";
import { pathOfPointer } from "../workflow/reading/pointer-path.ts";
import { workflowDocumentOf } from "../workflow/workflow-document.ts";
import type { Resource } from "./resource.ts";

/**
 * Refuses a definition that cannot run. Throws `invalid-argument` with everything that is wrong.
 *
 * @param field where it stands: `spec`
 */
export function checkWorkflow(spec: WorkflowSpec, field: string): void {
  const document = workflowDocumentOf(spec);
  const violations = readWorkflow(document)
    .findings.filter(({ severity }) => severity === "error")
    .map(({ pointer, rule, message }) => ({
      field: pathOfPointer(document, pointer, field),
      rule,
      message,
    }));
  const [first] = violations;
  if (!first) return;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  throw new StigmerError("invalid-argument", `${first.field}: ${first.message}${more}`, {
    hint: "stigmer workflow validate FILE",
    violations,
  });
}

/**
 * Refuses to put the workflow of one namespace in the place of another's: documents are stored by
 * their names alone. Throws `invalid-argument`.
 */
export function refuseOtherNamespace(next: Resource, before: Resource): void {
  const [namespace, stored] = [next, before].map(namespaceOf);
  if (namespace === stored || stored === undefined) return;
  const slug = before.metadata?.slug ?? "";
  const message = `is "${namespace}", and the stored workflow "${slug}" is of the namespace "${stored}"`;
  throw new StigmerError("invalid-argument", `spec.document.namespace: ${message}`, {
    hint: `give it a name of its own (kind: Workflow, metadata.name), or stigmer workflow delete ${slug}`,
    violations: [{ field: "spec.document.namespace", rule: "immutable", message }],
  });
}

function namespaceOf({ spec }: Resource): string | undefined {
  const namespace = (spec as WorkflowSpec | undefined)?.document?.["namespace"];
  return typeof namespace === "string" ? namespace : undefined;
}
