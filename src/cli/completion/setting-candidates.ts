import { modelProviderNames } from "../../contract/model-providers.ts";
import { parseSettingName, settingPatterns } from "../../system/setting-name.ts";
import { settingsTable } from "../../system/settings-table.ts";
import type { Candidate } from "./candidates.ts";

/** Every setting; those of a model provider once for each. */
export function settingCandidates(): Candidate[] {
  return settingPatterns.flatMap((pattern) => {
    const { meaning } = settingsTable[pattern];
    return namesOf(pattern).map((word) => ({ word, meaning }));
  });
}

/** The values of a setting that has only some. */
export function settingValueCandidates(setting: string): Candidate[] {
  const { row } = parseSettingName(setting);
  if (row.type === "boolean") return [{ word: "true" }, { word: "false" }];
  return row.type === "enum" ? row.values.map((word) => ({ word })) : [];
}

/** Names that nobody can guess are left out: `model.aliases.NAME`. */
function namesOf(pattern: string): string[] {
  if (pattern.startsWith("providers.")) {
    return modelProviderNames.map((provider) => pattern.replace(/\b[A-Z]+\b/, provider));
  }
  return /\b[A-Z]+\b/.test(pattern) ? [] : [pattern];
}
