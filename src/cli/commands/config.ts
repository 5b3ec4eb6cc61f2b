import { resolve } from "node:path";
import type { JsonValue } from "@bufbuild/protobuf";
import { openDataFolder } from "../../system/data-folder.ts";
import type { SettingExplanation } from "../../system/settings.ts";
import { writeSetting } from "../../system/write-setting.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Invocation } from "../invocation.ts";
import { textOutput } from "../output/item-output.ts";
import { listOutput } from "../output/list-output.ts";
import type { View } from "../output/output.ts";
import { readCallerSettings } from "../settings/caller-settings.ts";
import { explanationOutput, explanationsOutput } from "../settings/explanation-output.ts";

export async function listSettings(
  _invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const settings = await readCallerSettings(context);
  return { output: listOutput(settingView, { items: settings.list(), nextCursor: "" }) };
}

/** The value alone, so that a script can use it; nothing where there is none. */
export async function getSetting(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const settings = await readCallerSettings(context);
  const setting = settings.explain(invocation.argument("KEY"));
  const text = setting.winner === undefined ? "" : `${setting.winner.text}\n`;
  if (setting.winner === undefined) context.terminal.notice(`${setting.name} is not set.`);
  return { output: textOutput(text, documentOf(setting)) };
}

/** Every place that may set it, the strongest first, with what it says. */
export async function explainSettings(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { folder } = context;
  const overrides = { output: invocation.text("output"), color: invocation.text("color") };
  const settings = await readCallerSettings(context, overrides);
  const name = invocation.optionalArgument("KEY");
  if (name !== undefined) return { output: explanationOutput(settings.explain(name), folder) };
  return { output: explanationsOutput(settings.list(), folder) };
}

export async function setSetting(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { folder, environment, terminal } = context;
  const name = invocation.argument("KEY");
  const value = absoluteFile(name, invocation.argument("VALUE"));
  openDataFolder({ home: folder.home, runtimeFolder: environment.runtimeFolder });
  // A project file that cannot be read is refused before anything is written.
  await context.project.get();
  await writeSetting(folder.config, name, value === "" ? undefined : value);
  const setting = (await readCallerSettings(context)).explain(name);
  const { winner } = setting;
  if (winner?.source.kind === "environment") {
    terminal.warn(`${winner.source.variable} overrules it with ${winner.text}`);
  }
  if (winner?.source.kind === "project") {
    terminal.warn(`${winner.source.place} overrules it in this project with ${winner.text}`);
  }
  if (setting.readAtStart) {
    terminal.notice("A running daemon takes it up with: stigmer local restart");
  }
  const shown = value === "" ? `${name} is back to its default\n` : `${name} = ${value}\n`;
  return { output: textOutput(shown, documentOf(setting)) };
}

/** The daemon works in another folder: the file is the one that is meant here. */
function absoluteFile(name: string, value: string): string {
  return name === "providers.script.file" && value !== "" ? resolve(value) : value;
}

const settingView: View<SettingExplanation> = {
  columns: [
    { title: "SETTING", value: ({ name }) => name },
    { title: "VALUE", value: ({ winner }) => winner?.text ?? "", flexible: true },
    { title: "FROM", value: sourceOf, spare: true },
    { title: "MEANING", value: ({ meaning }) => meaning, flexible: true, spare: true },
    { title: "TYPE", value: ({ type }) => type, wide: true, flexible: true },
  ],
  name: ({ name }) => name,
  json: documentOf,
};

function documentOf(setting: SettingExplanation): JsonValue {
  const { name, winner, meaning, type, unit } = setting;
  return {
    name,
    value: winner?.value ?? null,
    text: winner?.text ?? "",
    source: sourceOf(setting),
    meaning,
    type,
    ...(unit === undefined ? {} : { unit }),
  };
}

function sourceOf({ winner }: SettingExplanation): string {
  const source = winner?.source;
  switch (source?.kind) {
    case "environment":
      return source.variable;
    case "project":
    case "file":
      return source.place;
    case "override":
      return "command line";
    default:
      return source?.kind ?? "";
  }
}
