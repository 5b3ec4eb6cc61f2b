import { existsSync } from "node:fs";
import type { DataFolder } from "../../system/data-folder.ts";
import type { Variables } from "../../system/environment.ts";
import { localContext } from "./context-record.ts";

export interface ContextChoice {
  readonly folder: DataFolder;
  readonly variables: Variables;
  /** `--context`. */
  readonly given?: string | undefined;
}

/**
 * The context a command goes to: the flag, then `STIGMER_CONTEXT`, then the setting `context`.
 *
 * @throws StigmerError `invalid-argument` when the settings cannot be read: a command must not go to
 * another server than the one that was chosen.
 */
export async function chosenContext({ folder, variables, given }: ContextChoice): Promise<string> {
  const named = given ?? variables["STIGMER_CONTEXT"];
  if (named) return named;
  if (!existsSync(folder.config)) return localContext;
  const { readSettings } = await import("../../system/settings.ts");
  return (await readSettings({ file: folder.config, variables: {} })).get("context");
}
