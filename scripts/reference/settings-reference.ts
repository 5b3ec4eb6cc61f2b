import { describeType } from "../../src/system/setting-value.ts";
import type { SettingRow } from "../../src/system/setting-row.ts";
import { settingsTable } from "../../src/system/settings-table.ts";
import { blocks, code, generatedNotice, markdownTable } from "./markdown.ts";

/** The text of `docs/settings.md`: every setting of the table. */
export function settingsReference(): string {
  const rows: [string, SettingRow][] = Object.entries(settingsTable);
  return `${blocks(
    "# Settings",
    generatedNotice("the table of settings (`src/system/settings-table.ts`)"),
    "A setting is read from its flag, its variable, the `defaults` of a project's `stigmer.yaml`, `config.yaml` in the data folder, or its default: the first that says something wins. `stigmer config explain KEY` shows each of them with its value, `stigmer config set KEY VALUE` writes `config.yaml`. A part in capitals stands for any name.",
    ...rows.map(([name, row]) => settingText(name, row)),
  )}\n`;
}

function settingText(name: string, row: SettingRow): string {
  const facts = [
    ["allowed", describeType(row)],
    ["default", row.default === undefined ? "none" : code(row.default)],
    ["unit", row.unit ?? ""],
    ["variable", code(row.variable ?? "")],
    ["takes effect", row.readAtStart ? "when the daemon starts" : "at once"],
    ["example", code(`stigmer config set ${name} ${row.example}`)],
  ].filter(([, value]) => value !== "");
  return blocks(`## ${name}`, row.meaning, markdownTable(["", ""], facts));
}
