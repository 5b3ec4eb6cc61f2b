import { ExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import { listMessages } from "../execute/list-messages.ts";
import type { ExecutionRecord } from "./execution-description.ts";
import { findExecution } from "./execution-kind.ts";
import { sessionKind } from "./session-kind.ts";
import type { SessionRecord } from "./session-record-view.ts";

export async function readExecutionRecord(
  daemon: DaemonConnection,
  reference: string,
): Promise<ExecutionRecord> {
  const execution = await findExecution(daemon, reference);
  return { execution, messages: await listMessages(daemon, execution.metadata?.id ?? "") };
}

/** A session with the messages of all its executions, oldest first. */
export async function readSessionRecord(
  daemon: DaemonConnection,
  reference: string,
): Promise<SessionRecord> {
  const session = await sessionKind.get(daemon, reference);
  const { items } = await daemon.call(ExecutionQueryController.method.list, {
    page: { pageSize: 1_000 },
    session: session.metadata?.id ?? "",
  });
  const executions = items
    .flatMap(({ execution }) => (execution.case === "agentExecution" ? execution.value : []))
    .toReversed();
  const turns: ExecutionRecord[] = [];
  for (const execution of executions) {
    const messages = await listMessages(daemon, execution.metadata?.id ?? "");
    turns.push({ execution, messages });
  }
  return { session, turns };
}
