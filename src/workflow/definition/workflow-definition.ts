import type { Json } from "../../contract/json.ts";
import { mapOf, mapOfAll, optional, required } from "../reading/map-readers.ts";
import type { ReadBy } from "../reading/reading.ts";
import { anyJson, nonEmptyText, text, textLike } from "../reading/value-readers.ts";
import { inputFlow, outputFlow } from "./data-flow.ts";
import { evaluate } from "./evaluation-mode.ts";
import { workflowSchedule } from "./event.ts";
import { taskList } from "./task-list.ts";
import { timeout } from "./timeout.ts";
import { use } from "./use.ts";

const label = textLike(
  /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/,
  "letters, digits and hyphens, at most 63",
);
const semanticVersion = textLike(
  /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
  "a version such as 1.0.0",
);

const documentMap = mapOf({
  dsl: required(textLike(/^1\.0\.\d+(-[0-9A-Za-z.-]+)?$/, "a version of the language, 1.0.x")),
  namespace: required(label),
  name: required(label),
  version: required(semanticVersion),
  title: optional(nonEmptyText),
  summary: optional(text),
  /** Not of the specification, but widely written. */
  description: optional(text),
  tags: optional(mapOfAll(anyJson)),
  metadata: optional(mapOfAll(anyJson)),
});

/** A document of the Open Workflow Specification, DSL 1.0.x (text of July 2026). */
export const workflowDocument = mapOf({
  document: required(documentMap),
  input: optional(inputFlow),
  use: optional(use),
  do: required(taskList),
  timeout: optional(timeout),
  output: optional(outputFlow),
  schedule: optional(workflowSchedule),
  evaluate: optional(evaluate),
  metadata: optional(anyJson),
});

export interface WorkflowDefinition extends ReadBy<typeof workflowDocument> {
  /** As it is written: `$workflow.definition`. */
  readonly source: Json;
}
