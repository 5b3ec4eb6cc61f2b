import { type JsonObject, toJson } from "@bufbuild/protobuf";
import type { AgentExecution } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentMessageSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import type { Session } from "../../contract/gen/ai/stigmer/agentic/session/v1/api_pb.ts";
import {
  ExecutionErrorSchema,
  ExecutionPhase,
} from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { dim } from "../output/colour.ts";
import type { TextStyle, View } from "../output/output.ts";
import { renderFields } from "../output/render-fields.ts";
import { timeText } from "../output/time-text.ts";
import { describeMessage, type ExecutionRecord } from "./execution-description.ts";
import { colouredPhase } from "./execution-view.ts";
import { pairsText } from "./metadata-columns.ts";
import { sessionKind } from "./session-kind.ts";

/** A session with its conversation. */
export interface SessionRecord {
  readonly session: Session;
  /** Its executions, oldest first. */
  readonly turns: readonly ExecutionRecord[];
}

export const sessionRecordView: View<SessionRecord> = {
  columns: [],
  name: ({ session }) => sessionKind.view.name(session),
  json: ({ session, turns }) => ({
    ...(sessionKind.view.json(session) as object),
    executions: turns.map(({ execution }) => executionDocument(execution)),
    messages: turns.flatMap(({ messages }) =>
      messages.map((message) => toJson(AgentMessageSchema, message)),
    ),
  }),
  describe: ({ session, turns }, style) =>
    [
      renderFields(
        [
          ["id", session.metadata?.id ?? ""],
          ["agent", session.spec?.agent ?? ""],
          ["title", session.spec?.title ?? ""],
          ["environments", session.spec?.environmentRefs.join(", ") ?? ""],
          ["labels", pairsText(session.metadata?.labels ?? {})],
          ["created", timeText(session.status?.audit?.created?.at)],
        ],
        style,
      ),
      ...turns.flatMap(({ execution, messages }) => [
        ...messages.map((message) => describeMessage(message, style)),
        ...endOf(execution, style),
      ]),
    ].join("\n"),
};

/** How an execution stands that did not just end with its answer. */
function endOf({ metadata, status }: AgentExecution, style: TextStyle): string[] {
  const { phase, error } = status ?? {};
  if (phase === ExecutionPhase.EXECUTION_COMPLETED) return [];
  const why = error ? `: ${error.code}: ${error.message}` : "";
  return [`${colouredPhase(phase, style)}${why}\n${dim(metadata?.id ?? "", style)}\n`];
}

function executionDocument({ metadata, status }: AgentExecution): JsonObject {
  const { phase = ExecutionPhase.EXECUTION_PHASE_UNSPECIFIED, error } = status ?? {};
  return {
    id: metadata?.id ?? "",
    phase: ExecutionPhase[phase],
    ...(error ? { error: toJson(ExecutionErrorSchema, error) } : {}),
  };
}
