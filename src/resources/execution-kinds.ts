import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";

/** Kinds whose resources run and end: all others are definitions, and sessions. */
export const executionKinds: ReadonlySet<number> = new Set([
  ApiResourceKind.AGENT_EXECUTION,
  ApiResourceKind.WORKFLOW_EXECUTION,
]);
