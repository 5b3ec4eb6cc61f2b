import { readSettings, type Settings, type SettingsSources } from "../../system/settings.ts";
import type { CommandContext } from "../command-context.ts";

/** Settings as they hold for this command: flag, variable, project, `config.yaml`, default. */
export async function readCallerSettings(
  { folder, variables, project }: Pick<CommandContext, "folder" | "variables" | "project">,
  overrides: NonNullable<SettingsSources["overrides"]> = {},
): Promise<Settings> {
  const { settings = [] } = (await project.get()) ?? {};
  return await readSettings({ file: folder.config, variables, project: settings, overrides });
}
