import { randomBytes } from "node:crypto";
import type { Writable } from "node:stream";
import { ulid } from "ulid";
import { StigmerError } from "../../contract/errors.ts";
import { endChildren } from "../../system/end-children.ts";
import { childTagVariable } from "../../system/child-sweep.ts";
import { processVariables, scrubbedEnvironment } from "../../system/environment.ts";
import type { Logger } from "../../system/log.ts";
import { spawnSelf } from "../../system/self-process.ts";
import type { Settings } from "../../system/settings.ts";
import { Runner } from "./runner.ts";

export interface RunnerPoolOptions {
  /** `unix:/…` that runners connect to. */
  readonly address: string;
  /** Tags every child of a runner: unique to this data folder, ends with a separator. */
  readonly childTag: string;
  readonly mcpFolder: string;
  readonly settings: () => Promise<Settings>;
  readonly log: Logger;
  /** Called once for a runner that is gone, after what it left behind was ended. */
  readonly onGone: (runner: Runner) => void;
}

const inspectionMs = 250;

/** An inspection that comes so late was held up itself. */
const awayMs = 2_000;

const tailLength = 4_000;

/** Which runner an execution may share, and with how many. */
export interface PlaceWanted {
  readonly affinity: string;
  readonly perRunner: number;
}

/** The runner processes of this daemon: started on demand, ended when idle, replaced when they hang. */
export class RunnerPool implements AsyncDisposable {
  readonly #options: RunnerPoolOptions;
  readonly #runners = new Map<string, Runner>();
  /** By affinity. */
  readonly #starting = new Map<string, Promise<Runner>>();
  #watch: ReturnType<typeof setInterval> | undefined;
  /** Milliseconds of the clock that stands still while the machine sleeps. */
  #inspectedMs = performance.now();

  constructor(options: RunnerPoolOptions) {
    this.#options = options;
  }

  get runners(): readonly Runner[] {
    return [...this.#runners.values()];
  }

  find(id: string): Runner | undefined {
    return this.#runners.get(id);
  }

  /** The runner that works on an execution, or is about to. */
  holderOf(executionId: string): Runner | undefined {
    return this.runners.find((runner) => runner.has(executionId));
  }

  /** Whose token this is; a runner that is gone has none. */
  byToken(token: string): Runner | undefined {
    return this.runners.find((runner) => runner.token === token);
  }

  /** A new runner for a job. It is the caller's from here on. */
  async acquireForJob(jobId: string): Promise<Runner> {
    const runner = await this.#start();
    runner.work = { kind: "job", jobId };
    await runner.connected.promise;
    return runner;
  }

  /**
   * A runner for an execution: one of the same affinity that has room, or a new one. The execution
   * has its place there from here on.
   */
  async acquire(executionId: string, { affinity, perRunner }: PlaceWanted): Promise<Runner> {
    const known = this.runners.find(
      (runner) => runner.affinity === affinity && hasRoom(runner, perRunner),
    );
    const runner = known ?? (await (this.#starting.get(affinity) ?? this.#startFor(affinity)));
    if (!hasRoom(runner, perRunner))
      return await this.acquire(executionId, { affinity, perRunner });
    runner.reserve(executionId);
    await runner.connected.promise;
    return runner;
  }

  release(runner: Runner, executionId: string): void {
    runner.letGo(executionId);
    this.#keepWatch();
  }

  /** Asks it to end; it gets no other work. */
  dismiss(runner: Runner): void {
    runner.work = { kind: "leaving", sinceMs: performance.now() };
    runner.send({ case: "drain", value: {} });
  }

  /** Asks all to end, and ends what is left after the grace. */
  async drain(graceMs: number): Promise<void> {
    clearInterval(this.#watch);
    const all = this.runners;
    for (const runner of all) runner.send({ case: "drain", value: {} });
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, graceMs);
    await Promise.race([grace.promise, Promise.all(all.map((runner) => runner.gone.promise))]);
    clearTimeout(timer);
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch);
    for (const runner of this.runners) runner.kill();
    await Promise.all(this.runners.map((runner) => runner.gone.promise));
    await this.#endChildren(this.#options.childTag);
  }

  /** Others that want a place in it wait for the same process. */
  #startFor(affinity: string): Promise<Runner> {
    const started = this.#startWith(affinity);
    this.#starting.set(affinity, started);
    return started;
  }

  async #startWith(affinity: string): Promise<Runner> {
    try {
      const runner = await this.#start();
      runner.affinity = affinity;
      return runner;
    } finally {
      this.#starting.delete(affinity);
    }
  }

  async #start(): Promise<Runner> {
    const settings = await this.#options.settings();
    const id = ulid().toLowerCase();
    const token = randomBytes(32).toString("base64url");
    const childTag = `${this.#options.childTag}${id}/`;
    const child = spawnSelf(["__runner"], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      // It bears the tag of its children: one that is stopped outlives its daemon, and is swept.
      env: { ...scrubbedEnvironment(processVariables()), [childTagVariable]: childTag },
    });
    const runner = new Runner(id, token, child, performance.now());
    this.#runners.set(id, runner);
    child.on("error", (error) => this.#bury(runner, error.message));
    child.on("exit", (code, signal) => this.#bury(runner, signal ?? `exit code ${code}`));
    child.stdout?.on("data", (chunk: Buffer) =>
      this.#options.log.debug("runner says", { runnerId: id, text: String(chunk).trim() }),
    );
    child.stderr?.on("data", (chunk: Buffer) => {
      runner.stderrTail = `${runner.stderrTail}${String(chunk)}`.slice(-tailLength);
    });
    const credential = child.stdio[3] as Writable;
    credential.on("error", () => {});
    credential.end(
      JSON.stringify({
        runnerId: id,
        address: this.#options.address,
        token,
        heartbeatMs: settings.get("runner.heartbeat"),
        childTag,
        mcpFolder: this.#options.mcpFolder,
        logLevel: settings.get("log.level"),
      }),
    );
    this.#options.log.info("runner started", { runnerId: id, pid: child.pid });
    this.#keepWatch();
    return runner;
  }

  #bury(runner: Runner, how: string): void {
    if (!this.#runners.delete(runner.id)) return;
    runner.outgoing.end();
    const tail = runner.stderrTail.trim();
    this.#options.log.info("runner ended", {
      runnerId: runner.id,
      how,
      ...(tail === "" ? {} : { stderr: tail }),
    });
    const message = `the runner ended (${how})${tail === "" ? "" : `: ${tail.split("\n").at(-1)}`}`;
    runner.connected.reject(
      new StigmerError("unavailable", message, { hint: "stigmer local logs" }),
    );
    this.#sweep(runner).catch((error: unknown) =>
      this.#options.log.warn("sweep failed", { error: String(error) }),
    );
  }

  async #sweep(runner: Runner): Promise<void> {
    try {
      await this.#endChildren(`${this.#options.childTag}${runner.id}/`);
    } finally {
      this.#options.onGone(runner);
      runner.gone.resolve();
    }
  }

  async #endChildren(tag: string): Promise<void> {
    const { mcpFolder, log } = this.#options;
    const left = await endChildren(mcpFolder, tag);
    for (const container of left) log.warn("container not removed", { container });
  }

  /** Looks after hung and idle runners, for as long as there are runners at all. */
  #keepWatch(): void {
    if (this.#watch === undefined) this.#inspectedMs = performance.now();
    this.#watch ??= setInterval(() => {
      this.#inspect().catch((error: unknown) =>
        this.#options.log.warn("inspection failed", { error: String(error) }),
      );
    }, inspectionMs);
  }

  async #inspect(): Promise<void> {
    if (this.#runners.size === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      return;
    }
    const settings = await this.#options.settings();
    const leaseMs = settings.get("runner.leaseTime");
    const idleMs = settings.get("runner.idleTimeout");
    const now = performance.now();
    // The machine or this process stood still: nobody could be heard meanwhile.
    const wasAway = now - this.#inspectedMs > awayMs;
    this.#inspectedMs = now;
    if (wasAway) for (const runner of this.runners) runner.lastSeenMs = now;
    for (const runner of this.runners) {
      if (now - runner.lastSeenMs > leaseMs) {
        this.#options.log.warn("runner is silent, ending it", {
          runnerId: runner.id,
          silentMs: now - runner.lastSeenMs,
        });
        runner.kill();
      } else if (runner.work.kind === "idle" && now - runner.work.sinceMs > idleMs) {
        this.dismiss(runner);
      } else if (runner.work.kind === "leaving" && now - runner.work.sinceMs > leaseMs) {
        runner.kill();
      }
    }
  }
}

function hasRoom(runner: Runner, perRunner: number): boolean {
  if (runner.work.kind === "idle") return true;
  return runner.work.kind === "executions" && runner.leases.length < perRunner;
}
