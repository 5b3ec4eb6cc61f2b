import type { CommandSpec, FlagSpec } from "../../src/cli/command-spec.ts";
import { commandGroups } from "../../src/cli/command-table.ts";
import { globalFlags } from "../../src/cli/command-table/shared-flags.ts";
import { exitCodeMeanings } from "../../src/cli/exit-codes.ts";
import { commandsOf, singleCommands } from "../../src/cli/find-command.ts";
import { flagLead, flagNotes } from "../../src/cli/help.ts";
import type { OutputFormat } from "../../src/cli/output/render-output.ts";
import type { ResultSpec } from "../../src/cli/result-spec.ts";
import { defaultDeadlineMs } from "../../src/cli/deadline.ts";
import { argumentText, usageLine } from "../../src/cli/usage-line.ts";
import { formatDuration } from "../../src/system/duration.ts";
import { blocks, code, generatedNotice, markdownTable } from "./markdown.ts";
import { lineSchemaFilesOf, schemaFileOf } from "./result-schemas.ts";

/** The text of `docs/cli.md`: every command of the table. */
export function commandReference(): string {
  const groups = commandGroups.map((group) => ({
    title: `stigmer ${group.name}`,
    text: `${group.summary}.${otherWords(group.aliases)}`,
    commands: commandsOf(group),
  }));
  const others = { title: "Other commands", text: "", commands: singleCommands() };
  const sections = [...groups, others].filter(({ commands }) => commands.length > 0);
  const contents = sections.map(
    ({ title, commands }) => `- [${title}](#${anchor(title)}): ${commands.map(link).join(", ")}`,
  );
  return `${blocks(
    "# The command line",
    generatedNotice("the command table (`src/cli/command-table.ts`)"),
    "`stigmer COMMAND --help` shows the same. Data goes to stdout and nothing else does; progress, prompts, warnings and errors go to stderr.",
    contents.join("\n"),
    "## Flags of every command",
    flagTable(globalFlags),
    "## Output formats",
    markdownTable(["`-o`", "what is printed"], Object.entries(formats).map(formatRow)),
    "JSON is the proto3 JSON mapping: camelCase names, enum names, RFC 3339 times, 64-bit integers as strings; a field with its default value is absent. Each result below names its JSON Schema; none allows a property that it does not name. A failure with `-o json` or `-o jsonl` prints one line on stderr: [error.json](schemas/error.json).",
    "## Exit codes",
    exitCodeTable(),
    ...sections.map(sectionText),
  )}\n`;
}

const formats: Readonly<Record<OutputFormat, string>> = {
  table: "A table or a description for people; as wide as the terminal, nothing cut in a pipe.",
  wide: "The same with more columns.",
  name: "Slugs or ids, one a line. `-q` is the same without notices.",
  json: "One JSON document. `--jq EXPR` prints what a jq expression makes of it.",
  jsonl: "A JSON value a line: the items of a list; of what streams, every event.",
  yaml: "The JSON document as YAML.",
  none: "Nothing; the exit code tells.",
};

function formatRow([format, meaning]: readonly [string, string]): string[] {
  return [code(format), meaning];
}

function exitCodeTable(): string {
  const rows = Object.entries(exitCodeMeanings).map(([number, [, meaning]]) => [number, meaning]);
  return markdownTable(["code", "meaning"], rows);
}

function otherWords(aliases: readonly string[]): string {
  return aliases.length === 0 ? "" : ` Also: ${aliases.map(code).join(", ")}.`;
}

interface Section {
  readonly title: string;
  readonly text: string;
  readonly commands: readonly CommandSpec[];
}

function sectionText({ title, text, commands }: Section): string {
  return blocks(`## ${title}`, text, ...commands.map(commandText));
}

function commandText(command: CommandSpec): string {
  const { summary, description = "", arguments: given = [], flags = [], examples = [] } = command;
  const lines = examples.flatMap(({ line, meaning }) => [`# ${meaning}`, line]);
  return blocks(
    `### ${headingOf(command)}`,
    code(usageLine(command)),
    `${summary}. ${description}`.trim(),
    given.length === 0
      ? ""
      : markdownTable(
          ["argument", "meaning"],
          given.map((each) => [code(argumentText(each)), argumentMeaning(each)]),
        ),
    flags.length === 0 ? "" : flagTable(flags),
    lines.length === 0 ? "" : ["```sh", ...lines, "```"].join("\n"),
    `${resultText(command.result)} ${deadlineText(command)}`,
  );
}

function argumentMeaning({ summary, choices }: NonNullable<CommandSpec["arguments"]>[number]) {
  return choices ? `${summary}: ${choices.map(code).join(", ")}` : summary;
}

function flagTable(flags: readonly FlagSpec[]): string {
  return markdownTable(
    ["flag", "meaning"],
    flags.map((flag) => [code(flagLead(flag).trim()), `${flag.summary}${flagNotes(flag)}`]),
  );
}

function resultText(result: ResultSpec): string {
  const lines = result.lines
    ? `; a line of \`-o jsonl\`: ${lineSchemaFilesOf(result).map(schemaLink).join(" or ")}`
    : "";
  return `Result: ${schemaLink(schemaFileOf(result))}${lines}.`;
}

function schemaLink(file: string): string {
  return `[${file}](schemas/${file})`;
}

function deadlineText({ deadline = defaultDeadlineMs }: CommandSpec): string {
  if (deadline === "none") return "Runs until it is done or interrupted, or `--timeout`.";
  if (deadline === "own") return "Ends with the execution, or after `--wait` or `--timeout`.";
  return `Gives up after ${formatDuration(deadline)}, or \`--timeout\`.`;
}

function headingOf({ path }: CommandSpec): string {
  return path.join(" ");
}

function link(command: CommandSpec): string {
  return `[${command.path.at(-1)}](#${anchor(headingOf(command))})`;
}

function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(" ", "-");
}
