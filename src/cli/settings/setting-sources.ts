import type { DataFolder } from "../../system/data-folder.ts";
import type { SettingCandidate, SettingExplanation, SettingSource } from "../../system/settings.ts";

/** One place that may set a setting, and what it says. */
export interface SettingPlace {
  /** In order of precedence. */
  readonly source: "flag" | "variable" | "config" | "default";
  /** `--port`, `STIGMER_PORT`, `/home/me/.stigmer/config.yaml:3:7`; empty: this source cannot set it. */
  readonly name: string;
  /** Undefined: it says nothing. */
  readonly said: SettingCandidate | undefined;
  readonly wins: boolean;
}

const kindOf = {
  flag: "override",
  variable: "environment",
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
  const file = candidates.flatMap(({ source }) => (source.kind === "file" ? [source.place] : []));
  return [
    place("flag", setting.flag === undefined ? "" : `--${setting.flag}`),
    place("variable", setting.variable ?? ""),
    place("config", file[0] ?? folder.config),
    place("default", "built in"),
  ];
}
