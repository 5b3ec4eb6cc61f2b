import type {
  ArgumentSpec,
  CommandExample,
  CommandGroup,
  CommandSpec,
  FlagSpec,
} from "./command-spec.ts";
import { commandGroups } from "./command-table.ts";
import { globalFlags } from "./command-table/shared-flags.ts";
import { exitCodeMeanings } from "./exit-codes.ts";
import { commandsOf, singleCommands } from "./find-command.ts";
import { wrapCommand, wrapText } from "./output/wrap-text.ts";
import { argumentText, usageLine } from "./usage-line.ts";

type Row = readonly [left: string, right: string];

/** Help of `stigmer` itself. `width` is in terminal columns. */
export function rootHelp(width: number): string {
  return sections([
    paragraph(
      "stigmer runs AI agents and keeps what they did: one executable, nothing else to install.",
      width,
    ),
    titled("Usage", ["  stigmer COMMAND [ARGUMENTS] [flags]"]),
    titled(
      "Start here",
      exampleLines(
        [
          {
            line: 'stigmer agent create my-agent --instructions "You are a helpful assistant."',
            meaning: "define an agent",
          },
          { line: 'stigmer agent execute my-agent "hello"', meaning: "run it" },
          { line: "stigmer execution get @last", meaning: "see what happened" },
        ],
        width,
      ),
    ),
    titled("Commands", rows(commandGroups.map(groupRow), width)),
    titled("More", rows(singleCommands().map(commandRow), width)),
    titled("Flags of every command", rows(globalFlags.map(flagRow), width)),
    wrapText(`stigmer COMMAND --help shows more. Exit codes: ${exitCodesText()}.`, width).join(
      "\n",
    ),
  ]);
}

/** `0 done, 1 failed, …` */
function exitCodesText(): string {
  return Object.entries(exitCodeMeanings)
    .map(([code, [word]]) => `${code} ${word}`)
    .join(", ");
}

export function groupHelp(group: CommandGroup, width: number): string {
  const commands = commandsOf(group);
  const examples = commands.flatMap((command) => (command.examples ?? []).slice(0, 1));
  return sections([
    paragraph(`${group.summary}.`, width),
    titled("Usage", [`  stigmer ${group.name} COMMAND [ARGUMENTS] [flags]`]),
    titled("Commands", rows(commands.map(commandRow), width)),
    examples.length > 0 ? titled("Examples", exampleLines(examples, width)) : "",
    paragraph(`stigmer ${group.name} COMMAND --help shows the flags of a command.`, width),
  ]);
}

export function commandHelp(command: CommandSpec, width: number): string {
  const own = command.flags ?? [];
  const description = command.description ?? "";
  return sections([
    paragraph(`${command.summary}.`, width),
    paragraph(description, width),
    titled(
      "Usage",
      wrapText(usageLine(command), width - 2).map((line) => `  ${line}`),
    ),
    command.arguments
      ? titled(
          "Arguments",
          rows(
            command.arguments.map((argument): Row => [
              argumentText(argument),
              argumentMeaning(argument),
            ]),
            width,
          ),
        )
      : "",
    own.length > 0 ? titled("Flags", rows(own.map(flagRow), width)) : "",
    command.examples ? titled("Examples", exampleLines(command.examples, width)) : "",
    titled("Flags of every command", rows(globalFlags.map(flagRow), width)),
  ]);
}

function paragraph(text: string, width: number): string {
  return wrapText(text, width).join("\n");
}

function sections(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function titled(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines].join("\n");
}

/** Two columns; the right one is wrapped under itself. */
function rows(pairs: readonly Row[], width: number): string[] {
  const left = Math.min(34, Math.max(...pairs.map(([text]) => text.length)) + 2);
  return pairs.flatMap(([text, meaning]) => {
    const wrapped = wrapText(meaning, Math.max(24, width - left - 2));
    const head = text.length + 2 > left ? [`  ${text}`] : [];
    const first = head.length > 0 ? "" : text;
    return [
      ...head,
      ...wrapped.map((line, index) => `  ${(index === 0 ? first : "").padEnd(left)}${line}`),
    ];
  });
}

function exampleLines(examples: readonly CommandExample[], width: number): string[] {
  return examples.flatMap(({ line, meaning }) => [
    ...wrapText(`# ${meaning}`, width - 2).map((text) => `  ${text}`),
    ...wrapCommand(line, width - 2).map((text) => `  ${text}`),
  ]);
}

function groupRow(group: CommandGroup): Row {
  const verbs = commandsOf(group).map(({ path }) => path[1]);
  return [group.name, `${group.summary}: ${verbs.join(", ")}`];
}

function commandRow(command: CommandSpec): Row {
  return [command.path.at(-1) ?? "", command.summary];
}

function flagRow(flag: FlagSpec): Row {
  return [flagLead(flag), `${flag.summary}${flagNotes(flag)}`];
}

function argumentMeaning({ summary, choices }: ArgumentSpec): string {
  return choices ? `${summary} (${choices.join(", ")})` : summary;
}

/** `-o, --output FORMAT`; blanks stand for a missing letter. */
export function flagLead(flag: FlagSpec): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  return `${short}--${flag.name}${flagValue(flag)}`;
}

function flagValue({ type, value = "VALUE", bare }: FlagSpec): string {
  if (type === "boolean") return "";
  return bare === undefined ? ` ${value}` : `[=${value}]`;
}

/** ` (a, b; default a; may be repeated)`, or nothing. */
export function flagNotes(flag: FlagSpec): string {
  const notes = [
    flag.choices ? flag.choices.join(", ") : "",
    flag.defaultText === undefined ? "" : `default ${flag.defaultText}`,
    flag.repeated === true ? "may be repeated" : "",
  ].filter((note) => note !== "");
  return notes.length === 0 ? "" : ` (${notes.join("; ")})`;
}
