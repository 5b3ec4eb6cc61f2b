import { existsSync } from "node:fs";
import { toStigmerError } from "../contract/errors.ts";
import { dataFolderAt } from "../system/data-folder.ts";
import { dataHome, hasDataHome, type Variables } from "../system/environment.ts";
import type { ProjectSetting } from "../system/settings.ts";
import type { ConfiguredPreferences } from "./preferences.ts";
import type { CurrentProject } from "./project/current-project.ts";

export interface ReadPreferences {
  readonly preferences: ConfiguredPreferences;
  /** Why settings were left out. */
  readonly problems: readonly string[];
}

/**
 * The settings `output` and `color` of the project and of `config.yaml`. A file that cannot be read
 * is named and left out: commands such as `local stop` and `--help` have to work all the same.
 */
export async function readConfiguredPreferences(
  variables: Variables,
  project: CurrentProject,
): Promise<ReadPreferences> {
  const problems = project.leftOut === undefined ? [] : [project.leftOut];
  const leaveOut = (thrown: unknown): undefined => {
    problems.push(`settings are left out: ${toStigmerError(thrown).message}`);
  };
  const ofProject = (await project.get().catch(leaveOut))?.settings ?? [];
  const preferences =
    (await read(variables, ofProject).catch(leaveOut)) ??
    (await read({}, ofProject).catch(leaveOut)) ??
    {};
  return { preferences, problems };
}

async function read(
  variables: Variables,
  project: readonly ProjectSetting[],
): Promise<ConfiguredPreferences> {
  // A command that needs the data folder says itself that there is none.
  const config = hasDataHome(variables)
    ? dataFolderAt({ home: dataHome(variables) }).config
    : undefined;
  const file = config !== undefined && existsSync(config) ? { file: config } : {};
  if (project.length === 0 && !("file" in file)) return {};
  const { readSettings } = await import("../system/settings.ts");
  const settings = await readSettings({ ...file, project, variables: {} });
  return { output: settings.get("output"), color: settings.get("color") };
}
