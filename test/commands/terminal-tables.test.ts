import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { hasSystemPackage } from "../../scripts/system-packages.ts";
import { displayWidth } from "../../src/cli/output/display-width.ts";
import { CommandHome } from "../support/command-home.ts";
import { commandLine } from "../support/command-line.ts";
import { PseudoTerminal } from "../support/pseudo-terminal.ts";

setDefaultTimeout(60_000);

const longName = "a-name-".repeat(9);
const japanese = "差分を読んで、間違いを短く指摘する。行番号と提案も付ける。";
const emoji = "🚀 ships what is ready, café and naïve included 🚀";

let home: CommandHome;
beforeAll(async () => {
  home = CommandHome.open({ config: "model.default: script/echo\n" });
  const model = `openai-compatible/${"long-model-name-".repeat(4)}`;
  await home.output(["agent", "create", longName, "-i", "x", "-m", model]);
  await home.output(["agent", "create", "japanese", "-i", japanese, "--description", japanese]);
  await home.output(["agent", "create", "emoji", "-i", "x", "--description", emoji]);
  await home.output(["agent", "create", "empty", "-i", "x"]);
  const values = ["A", "LONG_VARIABLE_NAME", "LONGER_VARIABLE_NAME_TWO"].map((name) => `${name}=1`);
  await home.output(["environment", "create", "staging", ...values, "--description", japanese]);
  await home.output(["agent", "execute", "empty", japanese]);
});
afterAll(() => home[Symbol.asyncDispose]());

const commands = [
  "agent list",
  "agent get japanese",
  "describe agent emoji",
  "get agents",
  "environment list",
  "environment get staging",
  "execution list",
  "execution get @last",
  "session list",
  "config list",
  "config explain model.default",
  "model list",
  "explain agent.spec",
  "agent execute --help",
  "agent --help",
  "--help",
];

describe.each([60, 80, 200])("on a terminal of %d columns", (width) => {
  test.each(commands)("'%s' breaks no line", async (command) => {
    using terminal = new PseudoTerminal([...commandLine, ...command.split(" ")], {
      cwd: home.at(),
      env: home.variables,
      width,
    });
    expect(await terminal.end()).toBe(0);
    const { lines } = terminal;
    const tooWide = lines
      .filter((line) => displayWidth(line) > width)
      // A word that is longer than the line stays whole: a path, an id.
      .filter((line) => line.trim().split(" ").length > 1 && !line.includes(home.home));
    expect(tooWide).toEqual([]);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
  });
});

test.each(["agent list", "environment list", "execution list"])(
  "'%s' is the same in a pipe with NO_COLOR and without, and holds all of it",
  async (command) => {
    const env = { NO_COLOR: "1" };
    const withVariable = await home.output(command.split(" "), { env });
    const without = await home.output(command.split(" "));
    expect(withVariable.replaceAll(/\d+\w+ ago/g, "")).toBe(without.replaceAll(/\d+\w+ ago/g, ""));
    expect(without).toContain(japanese);
    expect(without).not.toContain("…");
  },
);

test.skipIf(!hasSystemPackage("tmux")).each([60, 80, 200])(
  "a pane of tmux with %d columns shows a row on a line, wide characters included",
  async (width) => {
    const command = [...commandLine, "agent", "list"].join(" ");
    const shown = await inPane(width, command);
    const [titles = "", ...rows] = shown;
    expect(titles).toStartWith("NAME");
    const names = rows.map((row) => row.split(" ")[0] ?? "");
    expect(names).toHaveLength(4);
    expect(names).toEqual(expect.arrayContaining(["empty", "emoji", "japanese"]));
  },
);

/** What a terminal multiplexer, with its own idea of widths, shows of a command. */
async function inPane(width: number, command: string): Promise<string[]> {
  const socket = home.at(`tmux-${width}`);
  const tmux = ["tmux", "-S", socket, "-f", "/dev/null", "-u"];
  const env = { LC_ALL: "C.UTF-8", TERM: "xterm-256color" };
  const size = ["-x", String(width), "-y", "40"];
  const script = `${command}; tmux -S ${socket} wait-for -S shown; sleep 60`;
  const run = async (...args: string[]): Promise<string> => {
    const end = await home.startProgram([...tmux, ...args], { env }).end();
    if (end.exitCode !== 0) throw new Error(`tmux ${args.join(" ")}: ${end.stderr}`);
    return end.stdout;
  };
  await run("new-session", "-d", ...size, script);
  try {
    await run("wait-for", "shown");
    const pane = await run("capture-pane", "-p");
    return pane.trimEnd().split("\n");
  } finally {
    await run("kill-server");
  }
}
