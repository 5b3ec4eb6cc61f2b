import type { CommandContext } from "../command-context.ts";
import { chosenContext } from "./chosen-context.ts";
import { localContext } from "./context-record.ts";

/** What a command about this machine says when other commands go to a server. */
export async function elsewhereNotice({
  folder,
  variables,
  terminal,
}: Pick<CommandContext, "folder" | "variables" | "terminal">): Promise<void> {
  // Settings that cannot be read are named by the commands that need them.
  const name = await chosenContext({ folder, variables }).catch(() => localContext);
  if (name === localContext) return;
  terminal.notice(`This is the daemon of this machine; other commands go to context ${name}.`);
}
