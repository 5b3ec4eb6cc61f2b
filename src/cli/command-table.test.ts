import { describe, expect, test } from "bun:test";
import { commandGroups, commandTable } from "./command-table.ts";
import { findCommand, flagsOf } from "./find-command.ts";
import { commandHelp, groupHelp, rootHelp } from "./help.ts";
import { displayWidth } from "./output/display-width.ts";
import { parseCommandLine } from "./parse-command-line.ts";

const commands = commandTable.map((command) => [command.path.join(" "), command] as const);

test("every command has a path of its own", () => {
  const paths = commands.map(([path]) => path);
  expect(new Set(paths).size).toBe(paths.length);
});

describe.each(commands)("%s", (path, command) => {
  test("has flags with names and letters of their own", () => {
    const names = flagsOf(command).flatMap(({ name, short }) => [name, ...(short ? [short] : [])]);
    expect(new Set(names).size).toBe(names.length);
  });

  test("takes only its last argument repeatedly, and optional ones last", () => {
    const declared = (command.arguments ?? []).filter(({ afterDashes }) => afterDashes !== true);
    expect(declared.slice(0, -1).filter(({ repeated }) => repeated)).toEqual([]);
    const optional = declared.map((argument) => argument.optional === true);
    expect(optional).toEqual(optional.toSorted((left, right) => Number(left) - Number(right)));
  });

  test("has a handler", async () => {
    expect(await command.load()).toBeFunction();
  });

  test("has examples that it accepts", () => {
    for (const { line } of command.examples ?? []) {
      const words = stigmerWords(line);
      const found = findCommand(words);
      if (found.kind !== "command") throw new Error(`${line} names no command`);
      expect(found.command).toBe(command);
      parseCommandLine(found.command, found.rest);
    }
  });

  test("has help that fits and shows each flag", () => {
    const help = commandHelp(command, 80);
    expect(help).toContain(`stigmer ${path}`);
    for (const { name } of flagsOf(command)) expect(help).toContain(`--${name}`);
    const exampleLines = new Set((command.examples ?? []).map(({ line }) => `  ${line}`));
    const prose = help.split("\n").filter((line) => !exampleLines.has(line));
    expect(prose.filter((line) => displayWidth(line) > 80)).toEqual([]);
  });
});

test("help of a group lists its commands", () => {
  for (const group of commandGroups) {
    const help = groupHelp(group, 80);
    const own = commandTable.filter(({ path }) => path.length > 1 && path[0] === group.name);
    for (const { summary } of own) expect(help).toContain(summary.slice(0, 20));
  }
});

test("help of the program names every group and single command", () => {
  const help = rootHelp(100);
  for (const { path } of commandTable) expect(help).toContain(path[0]!);
});

/** The words of the `stigmer …` part of a shell line, as a shell would hand them over. */
function stigmerWords(line: string): string[] {
  const substituted = line.replace(/^.*\$\((stigmer [^)]*)\).*$/, "$1");
  const command = substituted.slice(substituted.indexOf("stigmer ")).replace(/ \| .*$/, "");
  const words = command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.slice(1).map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}
