import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";

/** Raised whenever an older daemon could not read what is written, or would lose a part of it. */
export const historyFormat = 1;

/** What executions belong to. They come first. */
export const sessionKind = ApiResourceKind.SESSION;

/** Whose history it is. */
export const executionKinds: readonly ApiResourceKind[] = [
  ApiResourceKind.AGENT_EXECUTION,
  ApiResourceKind.WORKFLOW_EXECUTION,
];

/** Of the payload of one record: some more than a message is divided. */
export const recordBytes = 512 * 1024;
