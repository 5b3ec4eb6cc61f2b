import { stripVTControlCharacters } from "node:util";

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Columns of the terminal. */
  readonly width: number;
}

/** A command whose stdin, stdout and stderr are one terminal. */
export class PseudoTerminal implements Disposable {
  readonly #child: Bun.Subprocess;
  readonly #terminal: Bun.Terminal;
  #screen = "";
  #changed = Promise.withResolvers<void>();

  constructor(command: readonly string[], { cwd, env, width }: TerminalOptions) {
    this.#terminal = new Bun.Terminal({
      cols: width,
      rows: 40,
      data: (_terminal, data) => {
        this.#screen += Buffer.from(data).toString();
        const { resolve } = this.#changed;
        this.#changed = Promise.withResolvers();
        resolve();
      },
    });
    this.#child = Bun.spawn([...command], {
      cwd,
      env: { TERM: "xterm-256color", ...env },
      terminal: this.#terminal,
      timeout: 45_000,
      killSignal: "SIGKILL",
    });
  }

  /** Everything that was written, with its escape sequences. */
  get raw(): string {
    return this.#screen;
  }

  /** Lines as a person sees them. */
  get lines(): string[] {
    const visible = this.#screen.replaceAll(/[^\n]*\r(?!\n)/g, "");
    return stripVTControlCharacters(visible).replaceAll("\r", "").trimEnd().split("\n");
  }

  type(text: string): void {
    this.#terminal.write(text);
  }

  /** Resolves when something was shown; waits for as long as the test may take. */
  async shows(what: RegExp): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- looks again after each piece
    while (!what.test(this.#screen)) await this.#changed.promise;
  }

  /** Resolves with the exit code when the command has ended and all it wrote has arrived. */
  async end(): Promise<number> {
    const exitCode = await this.#child.exited;
    await Bun.sleep(50);
    return exitCode;
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
    this.#terminal.close();
  }
}
