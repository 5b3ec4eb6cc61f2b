import type { DataFolder } from "../../system/data-folder.ts";
import { projectFileName } from "../../system/project-file.ts";
import type { SettingCandidate, SettingExplanation, SettingSource } from "../../system/settings.ts";

/** One place that may set a setting, and what it says. */
export interface SettingPlace {
  /** In order of precedence. */
  readonly source: "flag" | "variable" | "project" | "config" | "default";
  /** `--port`, `STIGMER_PORT`, `/home/me/.stigmer/config.yaml:3:7`; empty: this source cannot set it. */
  readonly name: string;
  /** Undefined: it says nothing. */
  readonly said: SettingCandidate | undefined;
  readonly wins: boolean;
}

const kindOf = {
  flag: "override",
  variable: "environment",
  project: "project",
  config: "file",
  default: "default",
} as const satisfies Record<SettingPlace["source"], SettingSource["kind"]>;

/** Every place that may set it, the strongest first, whether it does or not. */
export function settingPlaces(setting: SettingExplanation, folder: DataFolder): SettingPlace[] {
  const candidates = setting.winner ? [setting.winner, ...setting.overruled] : [];
  const place = (source: SettingPlace["source"], name: string): SettingPlace => {
    const said = candidates.find((candidate) => candidate.source.kind === kindOf[source]);
    return { source, name, said, wins: said !== undefined && said === setting.winner };
  };
  const placeIn = (kind: "project" | "file"): string | undefined =>
    candidates.flatMap(({ source }) => (source.kind === kind ? [source.place] : []))[0];
  const key =
    setting.project === undefined ? "" : `${projectFileName}: defaults.${setting.project}`;
  return [
    place("flag", setting.flag === undefined ? "" : `--${setting.flag}`),
    place("variable", setting.variable ?? ""),
    place("project", placeIn("project") ?? key),
    place("config", placeIn("file") ?? folder.config),
    place("default", "built in"),
  ];
}
