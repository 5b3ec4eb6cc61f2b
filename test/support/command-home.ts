import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryFolder } from "../../src/system/testing/temporary-folder.ts";
import { commandLine } from "./command-line.ts";
import { RemoteLogin } from "./remote-login.ts";
import { isRemoteMode } from "./remote-mode.ts";
import { type CommandEnd, type CommandOptions, RunningCommand } from "./running-command.ts";

export interface HomeOptions {
  /** Text of `config.yaml`. */
  readonly config?: string;
  /** Default: a folder of its own within the one that is deleted at the end. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What commands are run by. Default: this Bun over the sources. */
  readonly program?: readonly string[];
  /** Stays on this machine also where the tests run against another server. */
  readonly local?: true;
}

/** Commands that whoever runs the server gives on its own machine. */
const operatorCommands: readonly (string | undefined)[] = ["local", "config", "__daemon"];

export type RunOptions = Partial<CommandOptions>;

/**
 * The command line over a data folder of its own. Closing it stops the daemon that it started.
 *
 * In remote mode the data folder is the server's, and commands run in a home that is logged in there.
 */
export class CommandHome implements AsyncDisposable {
  /** The data folder of the daemon that commands talk to. */
  readonly home: string;
  readonly #folder = new TemporaryFolder();
  /** The variables of every command. */
  readonly variables: Readonly<Record<string, string>>;
  readonly #program: readonly string[];
  readonly #isRemote: boolean;
  #login: RemoteLogin | undefined;

  private constructor({ home, env = {}, local, program = commandLine }: HomeOptions) {
    this.#program = program;
    this.#isRemote = isRemoteMode && local !== true;
    this.home = home ?? this.#folder.at("home");
    const ownHome = this.#isRemote ? this.#folder.at("logged-in") : this.home;
    this.variables = { ...this.#ownVariables(ownHome), ...env };
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
    const words = [...this.#program, ...args];
    if (!this.#isRemote || !operatorCommands.includes(args[0]))
      return this.startProgram(words, options);
    return this.#spawn(words, { ...options, env: { STIGMER_HOME: this.home, ...options.env } });
  }

  /** Any program, with the variables and in the folder of the commands. */
  startProgram(command: readonly string[], options: RunOptions = {}): RunningCommand {
    if (this.#isRemote) this.#logIn();
    return this.#spawn(command, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#login?.[Symbol.dispose]();
    await this.run(["local", "stop"]);
    this.#folder[Symbol.dispose]();
  }

  /** With the first command: not every test has one. */
  #logIn(): void {
    this.#login ??= new RemoteLogin({
      serverHome: this.home,
      home: this.variables["STIGMER_HOME"] ?? "",
      folder: this.#folder.path,
      variables: this.variables,
    });
  }

  #spawn(command: readonly string[], options: RunOptions): RunningCommand {
    const { env = {}, ...others } = options;
    return new RunningCommand(command, {
      cwd: this.#folder.path,
      ...others,
      env: { ...this.variables, ...env },
    });
  }

  /** Nothing of the caller's: its keychain, its keys and its settings stay out of a test. */
  #ownVariables(home: string): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      HOME: this.#folder.path,
      STIGMER_HOME: home,
      STIGMER_PORT: "0",
    };
  }
}

/** A resource or a list as JSON. Only the claims of a test know what is in it. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type CommandDocument = any;
