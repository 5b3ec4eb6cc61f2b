import { writeSetting } from "../../system/write-setting.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { chosenContext } from "../connect/chosen-context.ts";
import { checkContextName, localContext } from "../connect/context-record.ts";
import { ContextStore } from "../connect/context-store.ts";
import {
  contextView,
  type ShownContext,
  shownContext,
  shownLocal,
} from "../connect/context-view.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput, itemOutput, textOutput } from "../output/item-output.ts";
import { listOutput } from "../output/list-output.ts";

export async function listContexts(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const current = await currentContext(invocation, context);
  const records = await storeOf(context).list();
  const items = [
    shownLocal(context.folder.home, current),
    ...records.map((record) => shownContext(record, current)),
  ];
  return { output: listOutput(contextView, { items, nextCursor: "" }) };
}

export async function showContext(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const current = await currentContext(invocation, context);
  const name = invocation.optionalArgument("CONTEXT") ?? current;
  return { output: itemOutput(contextView, await findContext(name, current, context)) };
}

export async function useContext(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const name = invocation.argument("CONTEXT");
  const chosen = await findContext(name, name, context);
  await writeSetting(context.folder.config, "context", name === localContext ? undefined : name);
  const variable = context.variables["STIGMER_CONTEXT"];
  if (variable) context.terminal.warn(`STIGMER_CONTEXT overrules it with ${variable}`);
  const sentence = () => `commands go to ${name} (${chosen.server})`;
  return { output: changeOutput(contextView, [chosen], sentence) };
}

export async function deleteContext(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const name = invocation.argument("CONTEXT");
  checkContextName(name);
  const { folder, terminal } = context;
  const chosen = await chosenContext({ folder, variables: {} });
  const problem = await storeOf(context).delete(name);
  if (problem !== undefined) terminal.warn(`its token could not be removed: ${problem}`);
  const wasCurrent = chosen === name;
  if (wasCurrent) await writeSetting(folder.config, "context", undefined);
  const current = wasCurrent ? localContext : chosen;
  const back = wasCurrent ? "; commands go to local, the daemon of this machine" : "";
  return { output: textOutput(`context ${name} deleted${back}\n`, { deleted: name, current }) };
}

async function findContext(
  name: string,
  current: string,
  context: CommandContext,
): Promise<ShownContext> {
  if (name === localContext) return shownLocal(context.folder.home, current);
  return shownContext(await storeOf(context).get(name), current);
}

async function currentContext(
  invocation: Invocation,
  { folder, variables }: CommandContext,
): Promise<string> {
  return await chosenContext({ folder, variables, given: invocation.text("context") });
}

function storeOf({ folder, variables }: CommandContext): ContextStore {
  return new ContextStore(folder, variables);
}
