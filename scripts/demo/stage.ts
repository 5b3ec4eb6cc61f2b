import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelProviders } from "../../src/contract/model-providers.ts";
import { processesNaming } from "../processes-naming.ts";
import { repositoryRoot } from "../repository.ts";
import type { Tour } from "./tour.ts";

/** Whether a command sees the caller's keys and addresses of model providers. */
export type ModelVariables = "kept" | "removed";

const binary = join(repositoryRoot, "dist", "stigmer");

const timetable = `Trains to Lisbon

The direct train leaves Porto Campanha at 07:42 and arrives at 10:30.
Seat 12, carriage 4.
`;

/** A data folder and a folder with files of their own; closing it leaves nothing behind. */
export class Stage implements AsyncDisposable {
  /** Holds everything else of the demo. */
  readonly folder: string;
  readonly #tour: Tour;

  private constructor(folder: string, tour: Tour) {
    this.folder = folder;
    this.#tour = tour;
  }

  static async open(tour: Tour): Promise<Stage> {
    // Real, because a server that is given a folder compares real paths.
    const folder = await realpath(await mkdtemp(join(tmpdir(), "stigmer-demo-")));
    const stage = new Stage(folder, tour);
    await mkdir(stage.notes);
    await writeFile(join(stage.notes, "lisbon-trip.md"), timetable);
    await writeFile(join(stage.notes, "shopping.md"), "bread, olives, coffee\n");
    await writeFile(stage.ledger, "");
    return stage;
  }

  get home(): string {
    return join(this.folder, "home");
  }

  get notes(): string {
    return join(this.folder, "notes");
  }

  get ledger(): string {
    return join(this.folder, "ledger.txt");
  }

  async ledgerLines(): Promise<string[]> {
    const text = await readFile(this.ledger, "utf8");
    return text.split("\n").filter((line) => line !== "");
  }

  /** Shows a command and runs it in front of the reader. @throws when it fails. */
  async run(args: readonly string[], variables: ModelVariables = "removed"): Promise<void> {
    const startedAt = performance.now();
    const exitCode = await this.start(args, variables).exited;
    if (exitCode !== 0) throw new Error(`the command ended with exit code ${exitCode}`);
    this.#tour.time(startedAt);
  }

  /** Shows a command and starts it; its news go where its data goes, so that one reads both. */
  start(
    args: readonly string[],
    variables: ModelVariables = "removed",
  ): Bun.Subprocess<"ignore", "inherit", 1> {
    this.#tour.command(["stigmer", ...args]);
    return Bun.spawn([binary, ...args], {
      cwd: repositoryRoot,
      env: this.#environment(variables),
      stdio: ["ignore", "inherit", 1],
    });
  }

  /** Starts a command that the demo itself reads. */
  startUnseen(
    args: readonly string[],
    variables: ModelVariables = "removed",
  ): Bun.Subprocess<"ignore", "pipe", "pipe"> {
    return Bun.spawn([binary, ...args], {
      cwd: repositoryRoot,
      env: this.#environment(variables),
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** The JSON that a command prints, unseen by the reader. @throws when it fails. */
  async ask<T>(args: readonly string[], variables: ModelVariables = "removed"): Promise<T> {
    const child = this.startUnseen([...args, "-o", "json"], variables);
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    if ((await child.exited) !== 0) throw new Error(`stigmer ${args.join(" ")}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Without a build there is no daemon, and nothing that could stop one.
    if (existsSync(this.home)) await this.startUnseen(["local", "stop"]).exited;
    for (const id of await processesNaming(this.folder)) process.kill(id, "SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }

  #environment(models: ModelVariables): Record<string, string | undefined> {
    const foreign = Object.keys(process.env).filter(
      (name) =>
        name.startsWith("STIGMER_") || (models === "removed" && modelVariables.includes(name)),
    );
    return {
      ...process.env,
      ...Object.fromEntries(foreign.map((name) => [name, undefined])),
      STIGMER_HOME: this.home,
      STIGMER_PORT: "0",
    };
  }
}

const modelVariables = Object.values(modelProviders).flatMap((provider) => [
  ...provider.credentialVariables,
  ...(provider.baseUrlVariable === undefined ? [] : [provider.baseUrlVariable]),
]);
