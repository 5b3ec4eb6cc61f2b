import { create } from "@bufbuild/protobuf";
import { AgentExecutionEventSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { AgentRun } from "./agent-run.ts";
import { type MessageFacts, toAgentMessage } from "./message-mapping.ts";
import type { ConversationMessage } from "./models/conversation.ts";

/** Records a finished message and counts it. */
export function reportMessage(
  run: AgentRun,
  message: ConversationMessage,
  facts: MessageFacts = {},
): void {
  const sequence = run.status.countMessage();
  const value = toAgentMessage(message, {
    ...facts,
    executionId: run.context.executionId,
    messageId: facts.messageId ?? run.context.uuid("message-id"),
    sequence,
    createdAtMs: run.context.now(),
  });
  run.context.report(create(AgentExecutionEventSchema, { event: { case: "message", value } }));
}
