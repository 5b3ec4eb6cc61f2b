/** How a command ended and what it printed. */
export interface CommandEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What stdin holds. Default: nothing. */
  readonly stdin?: string;
  /** stdin is a pipe that stays open, and {@link RunningCommand.type} writes to it. */
  readonly openStdin?: true;
  /** Killed then: whatever hangs, a test goes on. */
  readonly limitMs?: number;
}

const defaultLimitMs = 45_000;

/** A command that runs, and what it has printed so far. */
export class RunningCommand {
  readonly #child: Bun.Subprocess;
  readonly #startedAt = performance.now();
  readonly #streams = { stdout: "", stderr: "" };
  readonly #read: Promise<unknown>;
  #changed = Promise.withResolvers<void>();

  constructor(command: readonly string[], options: CommandOptions) {
    const { cwd, env, stdin = "", openStdin, limitMs = defaultLimitMs } = options;
    const child = Bun.spawn([...command], {
      cwd,
      env: { ...env },
      stdin: openStdin ? "pipe" : Buffer.from(stdin),
      stdout: "pipe",
      stderr: "pipe",
      timeout: limitMs,
      killSignal: "SIGKILL",
    });
    this.#child = child;
    this.#read = Promise.all([
      this.#collect("stdout", child.stdout),
      this.#collect("stderr", child.stderr),
    ]);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#streams.stdout;
  }

  get stderr(): string {
    return this.#streams.stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Writes to the open pipe that is its stdin. */
  async type(text: string): Promise<void> {
    const stdin = this.#child.stdin as Bun.FileSink;
    await stdin.write(text);
    await stdin.flush();
  }

  /** Resolves when a stream holds the text. Rejects when the command ends without having said it. */
  async says(text: string | RegExp, stream: "stdout" | "stderr" = "stderr"): Promise<string> {
    const ended = this.#read.then(() => "ended" as const);
    for (;;) {
      const said = this.#streams[stream];
      if (typeof text === "string" ? said.includes(text) : text.test(said)) return said;
      // oxlint-disable-next-line no-await-in-loop -- looks again after each piece
      const next = await Promise.race([this.#changed.promise, ended]);
      if (next === "ended") throw new Error(`it ended without ${String(text)}: ${said}`);
    }
  }

  async end(): Promise<CommandEnd> {
    const exitCode = await this.#child.exited;
    const tookMs = performance.now() - this.#startedAt;
    await this.#read;
    return { exitCode, ...this.#streams, tookMs };
  }

  async #collect(name: "stdout" | "stderr", stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.#streams[name] += decoder.decode(chunk, { stream: true });
      const { resolve } = this.#changed;
      this.#changed = Promise.withResolvers();
      resolve();
    }
  }
}
