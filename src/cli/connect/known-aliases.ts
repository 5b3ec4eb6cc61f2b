import type { DataFolder } from "../../system/data-folder.ts";
import type { Variables } from "../../system/environment.ts";
import { readSettings } from "../../system/settings.ts";
import { chosenContext } from "./chosen-context.ts";
import { localContext } from "./context-record.ts";

export interface AliasSources {
  readonly folder: DataFolder;
  readonly variables: Variables;
  /** `--context`. */
  readonly given: string | undefined;
}

/** Aliases of models where the command goes; undefined where they are not known here. */
export async function knownAliases(
  sources: AliasSources,
): Promise<ReadonlyMap<string, string> | undefined> {
  if ((await chosenContext(sources)) !== localContext) return undefined;
  const { folder, variables } = sources;
  const settings = await readSettings({ file: folder.config, variables });
  return settings.all("model.aliases.NAME");
}
