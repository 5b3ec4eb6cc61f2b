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

  test.each([60, 80])("has help that fits %d columns and shows each flag", (width) => {
    const help = commandHelp(command, width);
    expect(help).toContain(`stigmer ${path}`);
    for (const { name } of flagsOf(command)) expect(help).toContain(`--${name}`);
    expect(tooWide(help, width)).toEqual([]);
  });
});

test.each([60, 80])("help of the program and of groups fits %d columns", (width) => {
  const helps = [rootHelp(width), ...commandGroups.map((group) => groupHelp(group, width))];
  expect(helps.flatMap((help) => tooWide(help, width))).toEqual([]);
});

test("every command has an example", () => {
  const without = commandTable.filter(({ examples = [] }) => examples.length === 0);
  expect(without.map(({ path }) => path.join(" "))).toEqual([]);
});

/** Lines that a terminal would break in the middle of a word. A single word cannot be shorter. */
function tooWide(help: string, width: number): string[] {
  return help
    .split("\n")
    .filter((line) => displayWidth(line) > width)
    .filter((line) => line.trim().replace(/ \\$/, "").includes(" "));
}

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
  const command = substituted.slice(substituted.indexOf("stigmer ")).replace(/ [|<>] .*$/, "");
  const words = command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.slice(1).map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}
