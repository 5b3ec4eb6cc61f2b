import { fromBinary, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { StigmerError } from "../contract/errors.ts";
import type { AgentExecution } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import {
  AgentMessageSchema,
  MessageRole,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import type { ChildOutcome } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { WorkflowExecution } from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { Store } from "../store/store.ts";
import { findExecution } from "./any-executions.ts";

type Outcome = ChildOutcome["outcome"];

/** How an execution ended, for who started it. Throws `failed-precondition` while it goes on. */
export async function childOutcome(store: Store, childId: string): Promise<Outcome> {
  const row = store.read.execution(childId);
  if (row && row.state !== "ended") {
    throw new StigmerError("failed-precondition", `${childId} has not ended`);
  }
  const { kind, execution } = findExecution(store.read, childId);
  const { phase } = (execution as AgentExecution | WorkflowExecution).status ?? {};
  if (phase === ExecutionPhase.EXECUTION_CANCELLED) {
    return { case: "cancelled", value: row?.cancelReason ?? "cancelled" };
  }
  return kind === ApiResourceKind.WORKFLOW_EXECUTION
    ? await workflowOutcome(store, execution as WorkflowExecution)
    : agentOutcome(store, execution as AgentExecution);
}

async function workflowOutcome(store: Store, { status }: WorkflowExecution): Promise<Outcome> {
  if (status?.error) return { case: "workflowError", value: status.error };
  if (status?.outputArtifact) {
    const pieces = await Array.fromAsync(await store.artifacts.open(status.outputArtifact));
    return { case: "output", value: Buffer.concat(pieces) };
  }
  return json(status?.output ? toJson(ValueSchema, status.output) : null);
}

function agentOutcome(store: Store, execution: AgentExecution): Outcome {
  const { status } = execution;
  if (status?.error) return { case: "agentError", value: status.error };
  const text = status?.outputTruncated
    ? wholeAnswer(store, execution.metadata?.id ?? "")
    : (status?.output ?? "");
  if (status?.structuredOutput) return { case: "output", value: new TextEncoder().encode(text) };
  return json(text);
}

/** The status repeats its beginning only. */
function wholeAnswer({ read }: Store, id: string): string {
  let answer = "";
  for (let after = 0; ;) {
    const items = read.messages(id, after, 100);
    for (const item of items) {
      if (item.kind === "corrupt") throw item.error;
      after = item.row.sequence;
      const { role, parts } = fromBinary(AgentMessageSchema, item.row.body);
      if (role !== MessageRole.ASSISTANT) continue;
      answer = parts.flatMap(({ part }) => (part.case === "text" ? [part.value] : [])).join("");
    }
    if (items.length === 0) return answer;
  }
}

function json(value: unknown): Outcome {
  return { case: "output", value: new TextEncoder().encode(JSON.stringify(value)) };
}
