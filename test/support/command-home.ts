import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../scripts/repository.ts";
import { TemporaryFolder } from "../../src/system/testing/temporary-folder.ts";
import { type CommandEnd, type CommandOptions, RunningCommand } from "./running-command.ts";

export interface HomeOptions {
  /** Text of `config.yaml`. */
  readonly config?: string;
  /** Default: a folder of its own within the one that is deleted at the end. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export type RunOptions = Partial<CommandOptions>;

/** The command line over a data folder of its own. Closing it stops the daemon that it started. */
export class CommandHome implements AsyncDisposable {
  readonly home: string;
  readonly #folder = new TemporaryFolder();
  /** The variables of every command. */
  readonly variables: Readonly<Record<string, string>>;

  private constructor({ home, env = {} }: HomeOptions) {
    this.home = home ?? this.#folder.at("home");
    this.variables = { ...this.#ownVariables(), ...env };
  }

  static open(options: HomeOptions = {}): CommandHome {
    const opened = new CommandHome(options);
    const { config } = options;
    if (config !== undefined) {
      mkdirSync(opened.home, { recursive: true, mode: 0o700 });
      writeFileSync(join(opened.home, "config.yaml"), config);
    }
    return opened;
  }

  /** A place beside the data folder. */
  at(...names: string[]): string {
    return this.#folder.at(...names);
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<CommandEnd> {
    return await this.start(args, options).end();
  }

  /** {@link run} for a command that must succeed: what it printed on stdout. */
  async output(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args, options);
    if (exitCode !== 0) throw new Error(`${args.join(" ")}: exit ${exitCode}\n${stderr}${stdout}`);
    return stdout;
  }

  /** What a command that must succeed answers with `-o json`. */
  async json(args: readonly string[], options: RunOptions = {}): Promise<CommandDocument> {
    return JSON.parse(await this.output([...args, "-o", "json"], options));
  }

  start(args: readonly string[], options: RunOptions = {}): RunningCommand {
    return this.startProgram([...commandLine, ...args], options);
  }

  /** Any program, with the variables and in the folder of the commands. */
  startProgram(command: readonly string[], options: RunOptions = {}): RunningCommand {
    const { env = {}, ...others } = options;
    return new RunningCommand(command, {
      cwd: this.#folder.path,
      ...others,
      env: { ...this.variables, ...env },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(["local", "stop"]);
    this.#folder[Symbol.dispose]();
  }

  /** Nothing of the caller's: its keychain, its keys and its settings stay out of a test. */
  #ownVariables(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      HOME: this.#folder.path,
      STIGMER_HOME: this.home,
      STIGMER_PORT: "0",
    };
  }
}

/** This Bun over the sources. */
export const commandLine: readonly [program: string, entry: string] = [
  process.execPath,
  `${repositoryRoot}src/cli.ts`,
];

/** A resource or a list as JSON. Only the claims of a test know what is in it. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type CommandDocument = any;
