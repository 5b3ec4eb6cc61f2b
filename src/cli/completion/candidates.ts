import { toStigmerError } from "../../contract/errors.ts";
import { modelProviderNames } from "../../contract/model-providers.ts";
import type { ArgumentSpec, CommandSpec, CompletionSource, FlagSpec } from "../command-spec.ts";
import { commandGroups } from "../command-table.ts";
import { globalFlags } from "../command-table/shared-flags.ts";
import {
  commandsOf,
  findCommand,
  flagOf,
  flagsOf,
  type FoundCommand,
  singleCommands,
  takesNextWord,
} from "../find-command.ts";
import { type KindName, kindNameOf, kindNames, kindWords } from "../resources/with-kind.ts";

/** A word that can stand at the cursor, and what it means where that is known. */
export interface Candidate {
  readonly word: string;
  readonly meaning?: string;
}

/** Names that somebody has to be asked for: the daemon, or a part that is loaded only then. */
export type NameSource =
  | { readonly from: "resources"; readonly kind: KindName }
  | { readonly from: "sessions" }
  | { readonly from: "executions" }
  | { readonly from: "settings" }
  | { readonly from: "contexts" }
  | { readonly from: "setting-values"; readonly setting: string };

/** What can stand at the cursor. `lead` is the part of the word that stays: `--script=`, `@`. */
export type Candidates =
  | { readonly kind: "words"; readonly words: readonly Candidate[] }
  | { readonly kind: "names"; readonly source: NameSource; readonly at: Cursor }
  | { readonly kind: "files"; readonly lead: string };

interface Cursor {
  readonly lead: string;
  /** What the names begin with. */
  readonly typed: string;
}

const nothing: Candidates = { kind: "words", words: [] };

/** @param words what stands before the cursor, the unfinished word last. */
export function candidatesFor(words: readonly string[]): Candidates {
  const current = words.at(-1) ?? "";
  const found = commandBefore(words.slice(0, -1));
  if (!found) return nothing;
  const { rest } = found;
  const flags = found.kind === "command" ? flagsOf(found.command) : globalFlags;
  const dashes = rest.indexOf("--");
  if (dashes < 0) {
    const value = valueAt(rest, current, flags);
    if (value) return value;
    if (current.startsWith("-")) return flagWords(flags, rest, current);
  }
  if (found.kind === "command") return forArgument(found.command, rest, current);
  return beginning(found.kind === "root" ? firstWords() : commandsOf(found.group), current);
}

/** Undefined when the words name no command. */
function commandBefore(words: readonly string[]): FoundCommand | undefined {
  try {
    return findCommand(words);
  } catch (thrown) {
    toStigmerError(thrown); // A shell has no place to show it.
    return undefined;
  }
}

interface Described {
  readonly path: readonly string[];
  readonly summary: string;
}

/** Groups and single commands, and what else a group is called. */
function firstWords(): Described[] {
  const groups = commandGroups.flatMap(({ name, aliases, summary }) =>
    [name, ...aliases].map((word) => ({ path: [word], summary })),
  );
  return [...groups, ...singleCommands()];
}

/** Other words for a group are offered only where its name does not fit. */
function beginning(commands: readonly Described[], current: string): Candidates {
  const words = commands
    .map(({ path, summary }) => ({ word: path.at(-1) ?? "", meaning: summary }))
    .filter(({ word }) => word.startsWith(current));
  const own = words.filter(({ word }) => !commandGroups.some((group) => isAlias(group, word)));
  return { kind: "words", words: own.length > 0 ? own : words };
}

function isAlias({ aliases }: { readonly aliases: readonly string[] }, word: string): boolean {
  return aliases.includes(word);
}

function flagWords(flags: readonly FlagSpec[], given: readonly string[], current: string) {
  const isFree = ({ name, short, repeated }: FlagSpec): boolean =>
    repeated === true || !given.some((word) => word === `--${name}` || word === `-${short}`);
  const words = flags
    .filter(isFree)
    .map(({ name, summary }) => ({ word: `--${name}`, meaning: summary }))
    .filter(({ word }) => word.startsWith(current));
  return { kind: "words", words } as const;
}

/** What fits the flag whose value the cursor stands in; undefined when it stands in none. */
function valueAt(
  before: readonly string[],
  current: string,
  flags: readonly FlagSpec[],
): Candidates | undefined {
  const previous = flagOf(before.at(-1) ?? "", flags);
  if (previous && takesNextWord(previous)) {
    return forValue(previous, { lead: "", typed: current });
  }
  const [, lead = "", typed = ""] = /^(--[\w-]+=)(.*)$/s.exec(current) ?? [];
  const joined = flagOf(lead.slice(0, -1), flags);
  return joined && joined.type !== "boolean" ? forValue(joined, { lead, typed }) : undefined;
}

function forArgument(command: CommandSpec, before: readonly string[], current: string): Candidates {
  const declared = command.arguments ?? [];
  const dashes = before.indexOf("--");
  if (dashes >= 0 && declared.some(({ afterDashes }) => afterDashes)) {
    return { kind: "files", lead: "" };
  }
  const given = argumentsIn(before, flagsOf(command));
  const last = declared.at(-1);
  const argument = declared[given.length] ?? (last?.repeated === true ? last : undefined);
  return argument && argument.afterDashes !== true
    ? forValue(argument, { lead: "", typed: current }, given)
    : nothing;
}

/** Words that are neither flags nor values of flags. */
function argumentsIn(before: readonly string[], flags: readonly FlagSpec[]): string[] {
  const found: string[] = [];
  for (let index = 0; index < before.length; index++) {
    const word = before[index] ?? "";
    const flag = flagOf(word, flags);
    if (flag && takesNextWord(flag)) index++;
    else if (word === "-" || !word.startsWith("-")) found.push(word);
  }
  return found;
}

/** @param given the arguments before it, on which its own values may depend. */
function forValue(
  spec: Pick<FlagSpec | ArgumentSpec, "choices" | "complete">,
  at: Cursor,
  given: readonly string[] = [],
): Candidates {
  if (spec.choices) return wordsAt(spec.choices, at);
  return spec.complete === undefined ? nothing : forSource(spec.complete, at, given);
}

function forSource(source: CompletionSource, at: Cursor, given: readonly string[]): Candidates {
  switch (source) {
    case "file":
      return { kind: "files", lead: at.lead };
    case "text-or-file":
      return at.typed.startsWith("@") ? { kind: "files", lead: `${at.lead}@` } : nothing;
    case "kind":
      return kindsAt(at);
    case "provider":
      return wordsAt(modelProviderNames, at);
    case "name-of-kind":
      return namesOfKind(given[0] ?? "", at);
    case "session":
      return { kind: "names", source: { from: "sessions" }, at };
    case "execution":
      return { kind: "names", source: { from: "executions" }, at };
    case "context":
      return { kind: "names", source: { from: "contexts" }, at };
    case "setting":
      return { kind: "names", source: { from: "settings" }, at };
    case "setting-value":
      return {
        kind: "names",
        source: { from: "setting-values", setting: given[0] ?? "" },
        at,
      };
    default:
      return namesOfKind(source, at);
  }
}

/** Plural and short words are offered only where no name of a kind fits. */
function kindsAt(at: Cursor): Candidates {
  const names = kindNames.filter((name) => name.startsWith(at.typed));
  return wordsAt(names.length > 0 ? names : kindWords, at);
}

function namesOfKind(word: string, at: Cursor): Candidates {
  try {
    return { kind: "names", source: { from: "resources", kind: kindNameOf(word) }, at };
  } catch (thrown) {
    toStigmerError(thrown); // No kind of that name: nothing to offer.
    return nothing;
  }
}

function wordsAt(words: readonly string[], { lead, typed }: Cursor): Candidates {
  const fitting = words.filter((word) => word.startsWith(typed));
  return { kind: "words", words: fitting.map((word) => ({ word: `${lead}${word}` })) };
}
