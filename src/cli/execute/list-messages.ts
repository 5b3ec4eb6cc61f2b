import type { AgentMessage } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { AgentExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";

const pageSize = 200;

/** Every message of an execution, oldest first. */
export async function listMessages(daemon: DaemonConnection, id: string): Promise<AgentMessage[]> {
  const messages: AgentMessage[] = [];
  let pageToken = "";
  do {
    const request = { id, pageSize, pageToken };
    const page = await daemon.call(AgentExecutionQueryController.method.listMessages, request);
    messages.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return messages;
}
