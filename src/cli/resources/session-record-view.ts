import { toJson } from "@bufbuild/protobuf";
import {
  type AgentMessage,
  AgentMessageSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import type { Session } from "../../contract/gen/ai/stigmer/agentic/session/v1/api_pb.ts";
import type { View } from "../output/output.ts";
import { renderFields } from "../output/render-fields.ts";
import { timeText } from "../output/time-text.ts";
import { describeMessage } from "./execution-description.ts";
import { pairsText } from "./metadata-columns.ts";
import { sessionKind } from "./session-kind.ts";

/** A session with its conversation. */
export interface SessionRecord {
  readonly session: Session;
  readonly messages: readonly AgentMessage[];
}

export const sessionRecordView: View<SessionRecord> = {
  columns: [],
  name: ({ session }) => sessionKind.view.name(session),
  json: ({ session, messages }) => ({
    ...(sessionKind.view.json(session) as object),
    messages: messages.map((message) => toJson(AgentMessageSchema, message)),
  }),
  describe: ({ session, messages }, style) =>
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
      ...messages.map((message) => describeMessage(message, style)),
    ].join("\n"),
};
