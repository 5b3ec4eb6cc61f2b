import { existsSync } from "node:fs";
import { toStigmerError } from "../contract/errors.ts";
import { dataFolderAt } from "../system/data-folder.ts";
import { dataHome, hasDataHome, type Variables } from "../system/environment.ts";
import type { ConfiguredPreferences } from "./preferences.ts";

export interface ReadPreferences {
  readonly preferences: ConfiguredPreferences;
  /** Why the settings were left out. */
  readonly problem?: string;
}

/**
 * The settings `output` and `color` of `config.yaml`. A file that cannot be read is named and left
 * out: commands such as `local stop` and `--help` have to work all the same.
 */
export async function readConfiguredPreferences(variables: Variables): Promise<ReadPreferences> {
  // A command that needs the data folder says itself that there is none.
  if (!hasDataHome(variables)) return { preferences: {} };
  try {
    const { config } = dataFolderAt({ home: dataHome(variables) });
    if (!existsSync(config)) return { preferences: {} };
    const { readSettings } = await import("../system/settings.ts");
    const settings = await readSettings({ file: config, variables: {} });
    return { preferences: { output: settings.get("output"), color: settings.get("color") } };
  } catch (thrown) {
    const { message } = toStigmerError(thrown);
    return { preferences: {}, problem: `settings are left out: ${message}` };
  }
}
