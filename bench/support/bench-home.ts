import { Channel } from "../../src/contract/channel.ts";
import { readDaemonRecord } from "../../src/system/daemon-record.ts";
import { TemporaryFolder } from "../../src/system/testing/temporary-folder.ts";
import { builtBinary } from "./built-binary.ts";
import { DiskProbe } from "./disk-probe.ts";

/** The built binary over a data folder of its own. Closing it stops the daemon it started. */
export class BenchHome implements AsyncDisposable {
  readonly binary = builtBinary();
  readonly disk: DiskProbe;
  readonly #folder = new TemporaryFolder();

  private constructor() {
    this.disk = new DiskProbe(this.#folder.at("disk-probe"));
  }

  /** @param config text of `config.yaml` */
  static async open(config = ""): Promise<BenchHome> {
    const home = new BenchHome();
    await Bun.write(home.at("home", "config.yaml"), config);
    Bun.spawnSync(["chmod", "700", home.at("home")]);
    return home;
  }

  at(...names: string[]): string {
    return this.#folder.at(...names);
  }

  /**
   * Runs a program to its end with the variables of this home.
   * @returns milliseconds
   * @throws when it fails; what it wrote to stderr is the message
   */
  time(program: string, ...args: readonly string[]): number {
    return this.measured(program, ...args).ms;
  }

  /** {@link time}, and the most memory that it had. */
  measured(program: string, ...args: readonly string[]): { ms: number; peakMegabytes: number } {
    const startedAt = performance.now();
    const ended = Bun.spawnSync([program, ...args], {
      cwd: this.#folder.path,
      env: this.#variables(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ms = performance.now() - startedAt;
    if (ended.exitCode !== 0) throw new Error(`${args.join(" ")}: ${ended.stderr.toString()}`);
    return { ms, peakMegabytes: (ended.resourceUsage?.maxRSS ?? Number.NaN) / 1e6 };
  }

  /** {@link time} of our own binary. */
  stigmer(...args: readonly string[]): number {
    return this.time(this.binary, ...args);
  }

  get daemonPid(): number {
    const record = readDaemonRecord(this.at("home", "run", "daemon.json"));
    if (record === undefined) throw new Error("no daemon runs");
    return record.pid;
  }

  /** `unix:/path` of the daemon. */
  get socket(): string {
    return `unix:${this.at("home", "run", "stigmer.sock")}`;
  }

  channel(): Channel {
    return new Channel({ address: this.socket });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stigmer("local", "stop");
    this.disk[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }

  #variables(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      HOME: this.#folder.path,
      STIGMER_HOME: this.at("home"),
      STIGMER_PORT: "0",
    };
  }
}
