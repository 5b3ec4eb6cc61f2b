import { basename, dirname, isAbsolute } from "node:path";
import { fromJson } from "@bufbuild/protobuf";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import {
  type Project as ProjectMessage,
  type ProjectDefaults,
  ProjectSchema,
} from "../../contract/gen/ai/stigmer/project/v1/project_pb.ts";
import { readTextFile } from "../../system/read-text-file.ts";
import { parseSettingName, settingPatterns } from "../../system/setting-name.ts";
import { parseSettingValue } from "../../system/setting-value.ts";
import type { SettingRow } from "../../system/setting-row.ts";
import { settingsTable } from "../../system/settings-table.ts";
import type { ProjectSetting } from "../../system/settings.ts";
import { manifestError, type ManifestProblem } from "../manifest/manifest-problem.ts";
import { MessageReader } from "../manifest/message-reader.ts";
import { readYaml } from "../manifest/yaml-documents.ts";
import type { Project, ProjectResource } from "./project.ts";

/** Nobody writes a longer one by hand. */
const maxLength = 1 << 20;

/**
 * Reads a project file.
 *
 * @param file how messages name it
 * @throws StigmerError `invalid-argument` with every mistake and where it stands
 */
export function readProject(path: string, file: string): Project {
  const text = readTextFile(path) ?? "";
  if (text.length > maxLength) {
    throw new StigmerError("invalid-argument", `${file} is longer than 1 MB.`);
  }
  const yaml = readYaml({ name: file, text });
  if (yaml.problems.length > 0) throw manifestError(yaml.problems);
  const [root, second] = yaml.roots;
  if (second) throw new StigmerError("invalid-argument", `${file} holds more than one document.`);
  const reader = new MessageReader(yaml);
  const json = root ? reader.readMessage(ProjectSchema, root, "") : {};
  const problems = reader.problems.map(explained);
  if (problems.length > 0) throw manifestError(problems);
  const message = fromJson(ProjectSchema, json);
  const place = (field: string): string => reader.positions.get(field) ?? file;
  const settings = settingsOf(message.defaults, place);
  const wrong = [...wrongResources(message, place), ...settings.flatMap(wrongSetting)];
  if (wrong.length > 0) throw manifestError(wrong);
  return {
    ...projectOf(message),
    folder: dirname(path),
    file,
    name: message.name || basename(dirname(path)),
    resources: reader.positions.has("resources")
      ? message.resources.map((entry, index) => resourceOf(entry, index, place))
      : undefined,
    settings,
  };
}

function projectOf({ defaults }: ProjectMessage) {
  return {
    agent: defaults?.agent || undefined,
    message: defaults?.message || undefined,
    model: defaults?.model || undefined,
    environments: defaults?.environments ?? [],
  };
}

type Place = (field: string) => string;

/** The settings that a project may set, by the table of all settings. */
function settingsOf(defaults: ProjectDefaults | undefined, place: Place): ProjectSetting[] {
  return settingPatterns.flatMap((name) => {
    const key = (settingsTable[name] as SettingRow).project as keyof ProjectDefaults | undefined;
    const text = key === undefined ? "" : defaults?.[key];
    return typeof text === "string" && text !== ""
      ? [{ name, text, place: place(`defaults.${key}`) }]
      : [];
  });
}

function wrongSetting({ name, text, place }: ProjectSetting): ManifestProblem[] {
  try {
    parseSettingValue(parseSettingName(name), text, "stigmer.yaml");
    return [];
  } catch (thrown) {
    const { hint = "" } = toStigmerError(thrown);
    const path = `defaults.${(settingsTable[name] as SettingRow).project}`;
    const message = `${JSON.stringify(text)} is no value of it; ${hint}`;
    return [{ at: place, path, rule: "setting", message }];
  }
}

/** What is applied is what lies in the project, whoever wrote its file. */
function wrongResources({ resources }: ProjectMessage, place: Place): ManifestProblem[] {
  return resources.flatMap((entry, index) => {
    const isOutside = isAbsolute(entry) || entry.split(/[/\\]/).includes("..");
    if (!isOutside && entry.trim() !== "") return [];
    const { at, path } = resourceOf(entry, index, place);
    const message = `"${entry}" is no file, folder or pattern below the project's folder`;
    return [{ at, path, rule: "inside", message }];
  });
}

function resourceOf(entry: string, index: number, place: Place): ProjectResource {
  const path = `resources[${index}]`;
  return { entry, at: place(path), path };
}

/** A setting that exists, and that the file must not have a say in. */
function explained(problem: ManifestProblem): ManifestProblem {
  if (problem.rule !== "unknown") return problem;
  const key = problem.path.replace(/^defaults\.?/, "").replace(/^\["(.*)"\]$/, "$1");
  const setting = settingPatterns.find((name) => name === key || name.startsWith(`${key}.`));
  if (setting === undefined) return problem;
  const message = `a project cannot set it; its user can: stigmer config set ${setting} …`;
  return { ...problem, rule: "forbidden", message };
}
