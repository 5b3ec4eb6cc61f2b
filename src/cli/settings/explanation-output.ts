import type { JsonObject } from "@bufbuild/protobuf";
import type { DataFolder } from "../../system/data-folder.ts";
import type { SettingExplanation } from "../../system/settings.ts";
import { bold } from "../output/colour.ts";
import type { Column, Output, TextStyle } from "../output/output.ts";
import { renderFields } from "../output/render-fields.ts";
import { renderTable } from "../output/render-table.ts";
import { wrapText } from "../output/wrap-text.ts";
import { type SettingPlace, settingPlaces } from "./setting-sources.ts";

/** One setting: what it means, and every place that may set it with what it says. */
export function explanationOutput(setting: SettingExplanation, folder: DataFolder): Output {
  const document = (): JsonObject => documentOf(setting, folder);
  return {
    json: document,
    jsonLines: () => [document()],
    names: () => [setting.name],
    text: (style) => explanationText(setting, folder, style),
  };
}

/** {@link explanationOutput} of several settings, one under the other. */
export function explanationsOutput(
  settings: readonly SettingExplanation[],
  folder: DataFolder,
): Output {
  const documents = (): JsonObject[] => settings.map((setting) => documentOf(setting, folder));
  return {
    json: () => ({ items: documents() }),
    jsonLines: documents,
    names: () => settings.map(({ name }) => name),
    text: (style) => settings.map((setting) => explanationText(setting, folder, style)).join("\n"),
  };
}

function explanationText(
  setting: SettingExplanation,
  folder: DataFolder,
  style: TextStyle,
): string {
  const { name, meaning, type, unit = "", example, winner } = setting;
  const fields = [
    ["value", winner?.text ?? "not set"],
    ["allowed", type],
    ["unit", unit],
    ["changed by", `stigmer config set ${name} ${example}`],
    ["takes effect", takesEffect(setting)],
  ] as const;
  return [
    `${wrapText(`${name}: ${meaning}`, style.width ?? Infinity)
      .join("\n")
      .replace(name, bold(name, style))}\n`,
    renderFields(fields, style),
    "\n",
    renderTable(placeColumns, settingPlaces(setting, folder), style),
  ].join("");
}

const placeColumns: readonly Column<SettingPlace>[] = [
  { title: "SOURCE", value: ({ source }) => source },
  { title: "VALUE", value: valueText, flexible: true },
  { title: "WINS", value: ({ wins }) => (wins ? "yes" : "") },
  { title: "WHERE", value: ({ name }) => name },
];

function valueText({ name, said }: SettingPlace): string {
  if (said) return said.text;
  return name === "" ? "cannot set it" : "not set";
}

function takesEffect({ readAtStart }: SettingExplanation): string {
  return readAtStart ? "when the daemon starts: stigmer local restart" : "at once";
}

function documentOf(setting: SettingExplanation, folder: DataFolder): JsonObject {
  const { name, meaning, type, unit, example, readAtStart, winner } = setting;
  const places = settingPlaces(setting, folder);
  return {
    name,
    value: winner?.value ?? null,
    text: winner?.text ?? "",
    source: places.find(({ wins }) => wins)?.source ?? "",
    meaning,
    type,
    ...(unit === undefined ? {} : { unit }),
    example,
    readAtStart,
    sources: places.map(placeDocument),
  };
}

function placeDocument({ source, name, said, wins }: SettingPlace): JsonObject {
  return { source, name, value: said?.value ?? null, text: said?.text ?? "", wins };
}
