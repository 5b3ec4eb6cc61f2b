import { stripVTControlCharacters } from "node:util";
import { mkdirSync, writeFileSync } from "node:fs";
import { type CommandHome } from "./command-home.ts";
import { commandLine } from "./command-line.ts";
import { PseudoTerminal } from "./pseudo-terminal.ts";

/** Shells that are driven on a terminal, and the lines that make them complete `stigmer`. */
const shells = {
  bash: {
    command: ["bash", "--norc", "--noprofile", "-i"],
    setup: [
      "bind 'set show-all-if-ambiguous on'",
      "bind 'set bell-style none'",
      'eval "$(stigmer completion bash)"',
    ],
  },
  zsh: {
    command: ["zsh", "-f", "-i"],
    setup: [
      "unsetopt beep",
      "autoload -Uz compinit",
      "compinit -u -D",
      'eval "$(stigmer completion zsh)"',
    ],
  },
} as const;

const againAfterMs = 3_000;

export type InteractiveShell = keyof typeof shells;

/** A shell on a terminal of its own, in which `stigmer` is the sources. */
export class CompletingShell implements Disposable {
  readonly #terminal: PseudoTerminal;

  private constructor(terminal: PseudoTerminal) {
    this.#terminal = terminal;
  }

  static async open(shell: InteractiveShell, home: CommandHome): Promise<CompletingShell> {
    const { command, setup } = shells[shell];
    const env = { ...home.variables, PATH: pathWithStigmer(home), TERM: "dumb", PS1: "" };
    const terminal = new PseudoTerminal(command, { cwd: home.at(), env, width: 200 });
    // The prompt is shown when everything before it is done.
    terminal.type(`${[...setup, "PS1=rea''dy:"].join("; ")}\n`);
    await terminal.shows(/ready:/);
    return new CompletingShell(terminal);
  }

  /**
   * Types a line and Tab; resolves when the screen shows what is expected behind the prompt. Presses
   * Tab again where nothing comes: a busy machine may take longer than a completion waits.
   */
  async completes(line: string, shown: RegExp): Promise<void> {
    const behindPrompt = new RegExp(`ready:[^]*(?:${shown.source})`);
    const appeared = this.#terminal.shows(behindPrompt).then(() => true);
    this.#terminal.type(line);
    do this.#terminal.type("\t");
    while (!(await Promise.race([appeared, Bun.sleep(againAfterMs).then(() => false)])));
  }

  /** What a person sees. */
  get screen(): string {
    return stripVTControlCharacters(this.#terminal.raw);
  }

  [Symbol.dispose](): void {
    this.#terminal[Symbol.dispose]();
  }
}

/** A PATH on which `stigmer` runs the sources. */
export function pathWithStigmer(home: CommandHome): string {
  mkdirSync(home.at("bin"), { recursive: true });
  const program = `#!/bin/sh\nexec ${commandLine.join(" ")} "$@"\n`;
  writeFileSync(home.at("bin", "stigmer"), program, { mode: 0o755 });
  return `${home.at("bin")}:${home.variables["PATH"]}`;
}
