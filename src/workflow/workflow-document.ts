import { type JsonObject, toJson } from "@bufbuild/protobuf";
import {
  type WorkflowSpec,
  WorkflowSpecSchema,
} from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import type { Json } from "../contract/json.ts";

/** The document of the specification that a spec carries: without what is ours. */
export function workflowDocumentOf(spec: WorkflowSpec): Json {
  const { environmentRefs: _ours, ...document } = toJson(WorkflowSpecSchema, spec) as JsonObject;
  return document;
}
