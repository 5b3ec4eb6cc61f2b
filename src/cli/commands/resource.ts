import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Invocation } from "../invocation.ts";
import { itemOutput } from "../output/item-output.ts";
import { listOutput } from "../output/list-output.ts";
import type { Output } from "../output/output.ts";
import { deleteResources as deleteOfKind } from "../resources/delete-resources.ts";
import { listResources } from "../resources/list-resources.ts";
import { withKind } from "../resources/with-kind.ts";

/** A page of a kind; with a name, the row of that one. */
export async function getResources(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const name = invocation.optionalArgument("NAME");
  return await withKind(invocation.argument("KIND"), async (kind) => {
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
  return await withKind(invocation.argument("KIND"), async (kind) => {
    const item = await kind.get(daemon, invocation.argument("NAME"));
    return { output: itemOutput(kind.view, item) };
  });
}

export async function deleteResources(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const names = invocation.arguments("NAME");
  return await withKind(
    invocation.argument("KIND"),
    async (kind) => await deleteOfKind(kind, names, { invocation, context }),
  );
}
