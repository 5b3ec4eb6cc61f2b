import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import {
  type Workflow,
  WorkflowSchema,
} from "../../contract/gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import { definitionKind } from "./definition-kind.ts";

export const workflowKind = definitionKind(WorkflowSchema, {
  word: "workflow",
  plural: "workflows",
  columns: [
    { title: "VERSION", value: (workflow) => textOf(documentOf(workflow)["version"]) },
    { title: "TASKS", value: ({ spec }) => String(spec?.do?.values.length ?? 0) },
    { title: "SUMMARY", value: summaryOf, flexible: true },
  ],
  fields: (workflow) => [
    ["document", qualifiedName(documentOf(workflow))],
    ["version", textOf(documentOf(workflow)["version"])],
    ["dsl", textOf(documentOf(workflow)["dsl"])],
    ["summary", summaryOf(workflow)],
    ["environments", workflow.spec?.environmentRefs.join(", ") ?? ""],
  ],
  text: (workflow) => ["tasks", taskNames(workflow).join("\n")],
});

function documentOf({ spec }: Workflow): JsonObject {
  return spec?.document ?? {};
}

/** `NAMESPACE/NAME`, as other workflows call it. */
function qualifiedName(document: JsonObject): string {
  return [document["namespace"], document["name"]].map(textOf).filter(Boolean).join("/");
}

/** A task is a map with one key, its name. */
function taskNames({ spec }: Workflow): string[] {
  return (spec?.do?.values ?? []).flatMap(({ kind }) =>
    kind.case === "structValue" ? Object.keys(kind.value.fields) : [],
  );
}

function summaryOf(workflow: Workflow): string {
  const { title, summary, description } = documentOf(workflow);
  return textOf(title) || textOf(summary) || textOf(description);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
