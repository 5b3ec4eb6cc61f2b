import { create, fromBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { WorkflowExecution } from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import {
  type WorkflowExecutionEvent,
  WorkflowExecutionEventSchema,
} from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/event_pb.ts";
import {
  WorkflowErrorSchema,
  WorkflowExecutionStatusSchema,
} from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/status_pb.ts";
import { WorkflowTaskSchema } from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/task_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { kindOf } from "../contract/kinds.ts";
import { standardErrorType, standardStatus } from "../workflow/definition/error.ts";
import type { ExecutionFormat } from "./execution-format.ts";

/** Executions of workflows: their rows are tasks. */
export const workflowExecutionFormat: ExecutionFormat<WorkflowExecution, WorkflowExecutionEvent> = {
  kind: kindOf(ApiResourceKind.WORKFLOW_EXECUTION),
  eventSchema: WorkflowExecutionEventSchema,
  rowSchema: WorkflowTaskSchema,
  snapshot: (value) => event({ case: "snapshot", value }),

  end(execution, { phase, error, atMs }) {
    const status = (execution.status ??= create(WorkflowExecutionStatusSchema));
    status.phase = phase;
    status.endedAt = timestampFromMs(atMs);
    delete status.waiting;
    // Whoever asked for the end needs no error; the reason stands in the journal.
    if (phase === ExecutionPhase.EXECUTION_FAILED) {
      status.error = create(WorkflowErrorSchema, {
        type: standardErrorType("runtime"),
        status: standardStatus.runtime,
        title: error.code,
        detail: error.hint === "" ? error.message : `${error.message}; ${error.hint}`,
      });
    }
    return event({ case: "status", value: status });
  },

  rowEvent: (body) => event({ case: "task", value: fromBinary(WorkflowTaskSchema, body) }),
  deltas: () => [],
};

function event(value: WorkflowExecutionEvent["event"]): WorkflowExecutionEvent {
  return create(WorkflowExecutionEventSchema, { event: value });
}
