import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { repositoryRoot } from "../../scripts/repository.ts";
import { TemporaryFolder } from "../../src/system/testing/temporary-folder.ts";
import { DaemonProcess } from "./daemon-process.ts";

export interface StartOptions {
  /** Modules that the daemon loads before its own, first to last. */
  readonly preloads?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** A data folder that outlives the daemons that are started, killed and started again over it. */
export class DaemonHome implements AsyncDisposable {
  readonly #folder = new TemporaryFolder();
  #daemon: DaemonProcess | undefined;

  /** @param config the text of `config.yaml` */
  static async create(config: string): Promise<DaemonHome> {
    const home = new DaemonHome();
    await Bun.write(home.at("config.yaml"), config);
    return home;
  }

  at(...names: string[]): string {
    return this.#folder.at(...names);
  }

  /** The daemon's own log of facts, for the message of a test that fails. */
  get logTail(): string {
    const log = this.at("logs", "daemon.log");
    if (!existsSync(log)) return "";
    return readFileSync(log, "utf8").split("\n").slice(-25).join("\n");
  }

  /** @throws when it is not ready in time; what it wrote to stderr is the message */
  async start({ preloads = [], variables = {} }: StartOptions = {}): Promise<DaemonProcess> {
    const loaded = preloads.flatMap((path) => ["--preload", path]);
    const child = spawn(process.execPath, [...loaded, `${repositoryRoot}src/cli.ts`, "__daemon"], {
      cwd: this.#folder.path,
      env: { ...ownVariables(this.#folder.path), ...variables },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    this.#daemon = await DaemonProcess.ready(child, `unix:${this.at("run", "stigmer.sock")}`);
    return this.#daemon;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon?.[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

/** Nothing of the caller's: its keychain, its keys and its settings stay out of a test. */
function ownVariables(home: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    STIGMER_HOME: home,
    STIGMER_PORT: "0",
  };
}
