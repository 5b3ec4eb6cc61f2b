import { StigmerError } from "../contract/errors.ts";
import { nearestName } from "../contract/nearest-name.ts";
import type { CommandGroup, CommandSpec, FlagSpec } from "./command-spec.ts";
import { commandGroups, commandTable } from "./command-table.ts";
import { globalFlags } from "./command-table/shared-flags.ts";

/** What the words of a command line name, and the words that are left for it. */
export type FoundCommand =
  | { readonly kind: "command"; readonly command: CommandSpec; readonly rest: readonly string[] }
  | { readonly kind: "group"; readonly group: CommandGroup; readonly rest: readonly string[] }
  | { readonly kind: "root"; readonly rest: readonly string[] };

/**
 * Finds the command that the first words name; global flags may stand before and between them.
 *
 * @throws StigmerError `usage` with the nearest name when a word names nothing.
 */
export function findCommand(words: readonly string[]): FoundCommand {
  const rest = [...words];
  const first = takeWord(rest);
  if (first === undefined) return { kind: "root", rest };
  const single = commandTable.find(({ path }) => path.length === 1 && path[0] === first);
  if (single) return { kind: "command", command: single, rest };
  const group = findGroup(first);
  if (!group) throw unknownCommand(first);
  const second = takeWord(rest);
  if (second === undefined) return { kind: "group", group, rest };
  const command = commandsOf(group).find(({ path }) => path[1] === second);
  if (!command) throw unknownSubcommand(group, second);
  return { kind: "command", command, rest };
}

/** By its name or one of its aliases. */
function findGroup(word: string): CommandGroup | undefined {
  return commandGroups.find(({ name, aliases }) => name === word || aliases.includes(word));
}

export function commandsOf(group: CommandGroup): readonly CommandSpec[] {
  return commandTable.filter(({ path }) => path.length > 1 && path[0] === group.name);
}

/** Commands that belong to no group. */
export function singleCommands(): readonly CommandSpec[] {
  return commandTable.filter(({ path }) => path.length === 1);
}

/** Removes and returns the first word that is neither a global flag nor the value of one. */
function takeWord(words: string[]): string | undefined {
  let index = 0;
  for (;;) {
    const word = words[index];
    if (word === undefined || word === "--") return undefined;
    if (!word.startsWith("-") || word === "-") break;
    index += hasValueBehind(word) ? 2 : 1;
  }
  return words.splice(index, 1)[0];
}

function hasValueBehind(word: string): boolean {
  const flag = flagOf(word, globalFlags);
  return flag !== undefined && takesNextWord(flag);
}

/** Whether the word behind a flag is its value. */
export function takesNextWord({ type, bare }: FlagSpec): boolean {
  return type !== "boolean" && bare === undefined;
}

/** Its own and those of every command. */
export function flagsOf(command: CommandSpec): readonly FlagSpec[] {
  return [...(command.flags ?? []), ...globalFlags];
}

/** The flag that a whole word such as `--output` or `-o` names. */
export function flagOf(word: string, flags: readonly FlagSpec[]): FlagSpec | undefined {
  return flags.find(({ name, short }) => word === `--${name}` || word === `-${short}`);
}

function unknownCommand(word: string): StigmerError {
  const known = [...commandGroups.map(({ name }) => name), ...singleCommands().map(firstWord)];
  const nearest = nearestName(word, known);
  return new StigmerError("usage", `There is no command "${word}".`, {
    hint: nearest === undefined ? "stigmer --help" : `Did you mean: stigmer ${nearest}`,
  });
}

function unknownSubcommand(group: CommandGroup, word: string): StigmerError {
  const known = commandsOf(group).map(({ path }) => path[1] ?? "");
  const nearest = nearestName(word, known);
  const hint =
    nearest === undefined
      ? `stigmer ${group.name} has: ${known.join(", ")}`
      : `Did you mean: stigmer ${group.name} ${nearest}`;
  return new StigmerError("usage", `There is no command "${group.name} ${word}".`, { hint });
}

function firstWord(command: CommandSpec): string {
  return command.path[0] ?? "";
}
