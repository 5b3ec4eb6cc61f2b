import { create, fromBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { AgentExecution } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import {
  type AgentExecutionEvent,
  AgentExecutionEventSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { AgentMessageSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { AgentExecutionStatusSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../contract/kinds.ts";
import type { ExecutionFormat } from "./execution-format.ts";

/** Executions of agents: their rows are messages. */
export const agentExecutionFormat: ExecutionFormat<AgentExecution, AgentExecutionEvent> = {
  kind: kindOf(ApiResourceKind.AGENT_EXECUTION),
  eventSchema: AgentExecutionEventSchema,
  rowSchema: AgentMessageSchema,
  snapshot: (value) => event({ case: "snapshot", value }),

  end(execution, { phase, error, atMs }) {
    const status = (execution.status ??= create(AgentExecutionStatusSchema));
    status.phase = phase;
    status.endedAt = timestampFromMs(atMs);
    status.error = { $typeName: "ai.stigmer.commons.execution.v1.ExecutionError", ...error };
    delete status.waiting;
    return event({ case: "status", value: status });
  },

  rowEvent: (body) => event({ case: "message", value: fromBinary(AgentMessageSchema, body) }),

  // A piece of a message that is finished by now would come after the whole of it.
  deltas(pieces, finished) {
    const ids = new Set(
      finished.flatMap(({ event: { case: what, value } }) => (what === "message" ? value.id : [])),
    );
    return pieces
      .filter(({ messageId }) => !ids.has(messageId))
      .map((value) => event({ case: "delta", value }));
  },
};

function event(value: AgentExecutionEvent["event"]): AgentExecutionEvent {
  return create(AgentExecutionEventSchema, { event: value });
}
