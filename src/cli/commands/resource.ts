import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import type { Invocation } from "../invocation.ts";
import { itemOutput } from "../output/item-output.ts";
import { listOutput } from "../output/list-output.ts";
import type { Output } from "../output/output.ts";
import { deleteResources as deleteOfKind } from "../resources/delete-resources.ts";
import { listResources } from "../resources/list-resources.ts";
import type { Resource, ResourceKind } from "../resources/resource-kind.ts";
import { withStoredKind } from "../resources/with-stored-kind.ts";

/** A page of a kind; with a name, the row of that one. */
export async function getResources(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const name = invocation.optionalArgument("NAME");
  return await withStoredKind(invocation.argument("KIND"), async (kind) => {
    if (name === undefined) return await listResources(kind, invocation, context);
    const item = await kind.get(context.daemon, name);
    const row = listOutput(kind.view, { items: [item], nextCursor: "" });
    const text: Output["text"] = (style, form) => row.text(style, form);
    return { output: { ...itemOutput(kind.view, item), text } };
  });
}

export async function describeResource(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  return await withStoredKind(invocation.argument("KIND"), async (kind) => {
    return { output: await kindOutput(kind, daemon, invocation.argument("NAME")) };
  });
}

/** With its messages where it has some. */
async function kindOutput<T extends Resource>(
  kind: ResourceKind<T>,
  daemon: DaemonConnection,
  name: string,
): Promise<Output> {
  if (kind.word === "execution") {
    const { executionRecordView } = await import("../resources/execution-description.ts");
    const { readExecutionRecord } = await import("../resources/read-record.ts");
    return itemOutput(executionRecordView, await readExecutionRecord(daemon, name));
  }
  if (kind.word === "session") {
    const { sessionRecordView } = await import("../resources/session-record-view.ts");
    const { readSessionRecord } = await import("../resources/read-record.ts");
    return itemOutput(sessionRecordView, await readSessionRecord(daemon, name));
  }
  return itemOutput(kind.view, await kind.get(daemon, name));
}

export async function deleteResources(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const names = invocation.arguments("NAME");
  return await withStoredKind(
    invocation.argument("KIND"),
    async (kind) => await deleteOfKind(kind, names, { invocation, context }),
  );
}
