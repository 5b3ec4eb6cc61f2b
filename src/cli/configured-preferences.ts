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
  /** What is wrong with the project file. */
  readonly projectProblem: string | undefined;
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
  let projectProblem: string | undefined;
  const leaveOut = (thrown: unknown): undefined => void problems.push(leftOut(thrown));
  const ofProject = await project.peek().catch((thrown: unknown) => {
    projectProblem = leftOut(thrown);
    return undefined;
  });
  const settings = ofProject?.settings ?? [];
  const preferences =
    (await read(variables, settings).catch(leaveOut)) ??
    (await read({}, settings).catch(leaveOut)) ??
    {};
  return { preferences, problems, projectProblem };
}

function leftOut(thrown: unknown): string {
  return `settings are left out: ${toStigmerError(thrown).message}`;
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
