import { toBinary } from "@bufbuild/protobuf";
import {
  type AgentExecutionEvent,
  AgentExecutionEventSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { ExecutionRecord } from "../execution-journal.ts";
import type { RunStatus } from "./run-status.ts";

/** Messages stand in rows of their own, everything else in the journal. */
export function agentRecord({ status }: RunStatus): ExecutionRecord<AgentExecutionEvent> {
  return {
    record(update) {
      if (update.event.case !== "message")
        return { payload: toBinary(AgentExecutionEventSchema, update) };
      return { payload: new Uint8Array(), message: update.event.value };
    },
    // A replay makes its state again.
    recall() {},
    status(lastSequence) {
      status.lastSequence = lastSequence;
      return { case: "agentStatus", value: status };
    },
  };
}
