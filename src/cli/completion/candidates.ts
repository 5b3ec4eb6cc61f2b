import { modelProviderNames } from "../../contract/model-providers.ts";
import type { ArgumentSpec, CommandSpec, CompletionSource, FlagSpec } from "../command-spec.ts";
import { commandGroups } from "../command-table.ts";
import { commandsOf, findGroup, flagOf, singleCommands } from "../find-command.ts";
import { flagsOf } from "../parse-command-line.ts";
import { kindNames } from "../resources/with-kind.ts";

/** What can stand at the cursor: given words, or names that have to be asked for. */
export type Candidates =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "source"; readonly source: Exclude<CompletionSource, "kind" | "provider"> };

const nothing: Candidates = { kind: "words", words: [] };

/** @param words what stands before the cursor, the unfinished word last. */
export function candidatesFor(words: readonly string[]): Candidates {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  const [first, second] = before;
  if (first === undefined) return candidateWords(firstWords(), current);
  const single = singleCommands().find(({ path }) => path[0] === first);
  if (single) return forCommand(single, before.slice(1), current);
  const group = findGroup(first);
  if (!group) return nothing;
  const commands = commandsOf(group);
  if (second === undefined) {
    return candidateWords(
      commands.map(({ path }) => path[1] ?? ""),
      current,
    );
  }
  const command = commands.find(({ path }) => path[1] === second);
  return command ? forCommand(command, before.slice(2), current) : nothing;
}

function firstWords(): string[] {
  return [
    ...commandGroups.map(({ name }) => name),
    ...singleCommands().map(({ path }) => path[0] ?? ""),
  ];
}

function forCommand(command: CommandSpec, before: readonly string[], current: string): Candidates {
  const flags = flagsOf(command);
  const previous = flagOf(before.at(-1) ?? "", flags);
  if (previous && previous.type !== "boolean") return forValue(previous, current);
  if (current.startsWith("-")) {
    return candidateWords(
      flags.map(({ name }) => `--${name}`),
      current,
    );
  }
  const argument = argumentAt(command, before, flags);
  return argument ? forSource(argument.complete, current) : nothing;
}

function forValue(flag: FlagSpec, current: string): Candidates {
  return flag.choices ? candidateWords(flag.choices, current) : forSource(flag.complete, current);
}

function forSource(source: CompletionSource | undefined, current: string): Candidates {
  if (source === undefined) return nothing;
  if (source === "kind") return candidateWords(kindNames, current);
  if (source === "provider") return candidateWords(modelProviderNames, current);
  return { kind: "source", source };
}

/** The argument whose turn it is: words before it that are flags or their values do not count. */
function argumentAt(
  command: CommandSpec,
  before: readonly string[],
  flags: readonly FlagSpec[],
): ArgumentSpec | undefined {
  let position = 0;
  for (let index = 0; index < before.length; index++) {
    const word = before[index] ?? "";
    const flag = flagOf(word, flags);
    if (flag && flag.type !== "boolean") index++;
    else if (!word.startsWith("-")) position++;
  }
  const declared = command.arguments ?? [];
  const last = declared.at(-1);
  return declared[position] ?? (last?.repeated === true ? last : undefined);
}

function candidateWords(words: readonly string[], current: string): Candidates {
  return { kind: "words", words: words.filter((word) => word.startsWith(current)) };
}
