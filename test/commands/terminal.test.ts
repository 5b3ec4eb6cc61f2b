import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";
import { commandLine } from "../support/command-line.ts";
import { PseudoTerminal } from "../support/pseudo-terminal.ts";

setDefaultTimeout(60_000);

const escape = "\u001b[";
const description = "Reads what is there and says what it thinks of it. ".repeat(4).trim();

describe("on a terminal", () => {
  let home: CommandHome;
  beforeAll(async () => {
    home = CommandHome.open({ config: "model.default: script/echo\n" });
    await home.output(["agent", "create", "echo", "-i", "Repeat.", "--description", description]);
  });
  afterAll(() => home[Symbol.asyncDispose]());

  function open(args: string[], width = 80, env: Record<string, string> = {}): PseudoTerminal {
    const variables = { ...home.variables, ...env };
    return new PseudoTerminal([...commandLine, ...args], { cwd: home.at(), env: variables, width });
  }

  test.each([60, 80, 200])("a table fits %d columns", async (width) => {
    using terminal = open(["agent", "list"], width);
    expect(await terminal.end()).toBe(0);
    for (const line of terminal.lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(terminal.lines.join("\n")).toContain("echo");
    expect(terminal.lines).toHaveLength(2);
  });

  test("nothing is cut in a pipe", async () => {
    expect(await home.output(["agent", "list"])).toContain(description);
  });

  test.each<{ how: string; flags?: string[]; env?: Record<string, string>; coloured: boolean }>([
    { how: "by default", coloured: true },
    { how: "with NO_COLOR", env: { NO_COLOR: "1" }, coloured: false },
    { how: "with TERM=dumb", env: { TERM: "dumb" }, coloured: false },
    { how: "with --color never", flags: ["--color", "never"], coloured: false },
    {
      how: "with --color always and NO_COLOR",
      flags: ["--color", "always"],
      env: { NO_COLOR: "1" },
      coloured: true,
    },
  ])("$how colours are used: $coloured", async ({ flags = [], env, coloured }) => {
    using terminal = open(["agent", "get", "nobody", ...flags], 80, env);
    expect(await terminal.end()).toBe(5);
    expect(terminal.lines.join("\n")).toContain('error: there is no agent "nobody"');
    expect(terminal.raw.includes(`${escape}31m`)).toBe(coloured);
  });

  test.each([
    { flags: ["--color", "always"], env: {}, coloured: true },
    { flags: [], env: { CLICOLOR_FORCE: "1" }, coloured: true },
    { flags: [], env: {}, coloured: false },
  ])("in a pipe $flags $env: colours $coloured", async ({ flags, env, coloured }) => {
    const end = await home.run(["agent", "get", "nobody", ...flags], { env });
    expect(end.stderr.includes(escape)).toBe(coloured);
  });

  test("a chat takes lines, Ctrl-D ends it", async () => {
    using terminal = open(["session", "chat", "echo"]);
    await terminal.shows(/> /);
    terminal.type("first words\r");
    await terminal.shows(/first words[^]*first words\r\n[^]*> /);
    terminal.type("\u0004");
    expect(await terminal.end()).toBe(0);
    expect(terminal.lines.at(-1)).toContain("Go on: stigmer session chat ses-");
  });

  test("a key is asked for and never shown", async () => {
    using terminal = open(["model", "login", "openai"]);
    await terminal.shows(/Key of openai:/);
    terminal.type("sk-never-shown\r");
    expect(await terminal.end()).toBe(0);
    expect(terminal.raw).not.toContain("sk-never-shown");
    expect(terminal.raw).toContain("key of openai stored");
  });

  test("a reader that leaves ends the command quietly", async () => {
    const line = `${commandLine.join(" ")} config list | head -1; echo "\${PIPESTATUS[0]}"`;
    const end = await home.startProgram(["bash", "-c", line]).end();
    expect(end.stdout).toMatch(/^SETTING .*\n0\n$/);
    expect(end.stderr).toBe("");
  });
});
