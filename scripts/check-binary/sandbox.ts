import { existsSync } from "node:fs";
import { cp, mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesNaming } from "../processes-naming.ts";

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the sandbox's own variables; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const deadlineMs = 30_000;

/** The built binary in a home and a working folder of its own; closing it leaves nothing behind. */
export class Sandbox implements AsyncDisposable {
  readonly binary: string;
  /** Holds everything else of this sandbox. */
  readonly folder: string;

  private constructor(binary: string, folder: string) {
    this.binary = binary;
    this.folder = folder;
  }

  /** @throws when there is no binary. */
  static async open(binary: string): Promise<Sandbox> {
    if (!existsSync(binary)) throw new Error(`${binary} is not there: bun run build`);
    const folder = await mkdtemp(join(tmpdir(), "stigmer-check-"));
    for (const name of ["home", "work", "tmp"]) await mkdir(join(folder, name), { mode: 0o700 });
    return new Sandbox(binary, folder);
  }

  /** The data folder; made by the binary itself. */
  get home(): string {
    return join(this.folder, "home", ".stigmer");
  }

  get workFolder(): string {
    return join(this.folder, "work");
  }

  get temporaryFolder(): string {
    return join(this.folder, "tmp");
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.runProgram([this.binary, ...args], options);
  }

  /** Any program, in the sandbox's folder and with its variables. */
  async runProgram(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const child = Bun.spawn([...command], {
      cwd: options.cwd ?? this.workFolder,
      env: { ...this.variables(), ...options.env },
      stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
      stdout: "pipe",
      stderr: "pipe",
      timeout: deadlineMs,
      killSignal: "SIGKILL",
    });
    const [stdout, stderr, exitCode] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    return { exitCode, stdout, stderr };
  }

  /** A copy of the binary that every user of the machine can run. */
  async copyBinary(folder: string): Promise<string> {
    const copy = join(folder, "stigmer");
    await cp(this.binary, copy);
    return copy;
  }

  /** Ids of the live processes that name this sandbox in arguments, variables or open files. */
  processes(): Promise<number[]> {
    return processesNaming(this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(["local", "stop"]);
    for (const id of await this.processes()) process.kill(id, "SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }

  private variables(): Record<string, string> {
    return {
      HOME: join(this.folder, "home"),
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      TMPDIR: this.temporaryFolder,
      STIGMER_HOME: this.home,
      STIGMER_PORT: "0",
    };
  }
}
