import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import type {
  JobOutcome,
  RunnerMessage,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { AgentExecutions } from "../../resources/agent-executions.ts";
import type { DeltaHub } from "../../resources/delta-hub.ts";
import { executionKinds } from "../../resources/execution-kinds.ts";
import type { Store } from "../../store/store.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";
import type { Logger } from "../../system/log.ts";
import type { Settings } from "../../system/settings.ts";
import { claimMessage } from "./claim-message.ts";
import { recordsProgress, storeAppend } from "./execution-appends.ts";
import { FruitlessRunners } from "./fruitless-runners.ts";
import type { Jobs } from "./jobs.ts";
import type { Runner } from "./runner.ts";
import type { RunnerPool } from "./runner-pool.ts";

export interface DispatcherOptions {
  readonly store: Store;
  readonly pool: RunnerPool;
  readonly jobs: Jobs;
  readonly executions: AgentExecutions;
  readonly deltas: DeltaHub;
  readonly settings: () => Promise<Settings>;
  readonly log: Logger;
}

/** Before work is looked for again that is there and could not be placed. */
const placingPauseMs = 1_000;

/** A clock that jumps must not make a timer sleep on. */
const longestTimerMs = 60_000;

/** Taken from the store at once: more are found when these are placed. */
const candidates = 64;

/** Decides who runs what, and when: gives ready executions to runners and takes them back. */
export class Dispatcher implements Disposable {
  readonly #options: DispatcherOptions;
  /** Executions on their way to a runner or with one. */
  readonly #placed = new Set<string>();
  readonly #fruitless = new FruitlessRunners();
  readonly #subscription: Disposable;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pumping = false;
  #again = false;
  #stopped = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#subscription = options.store.onCommitted((changes) => {
      // Definitions are written by the thousand and make no work. An execution that is placed wakes it
      // itself when it is let go; until then each turn would.
      const isWork = changes.some(
        ({ kind, id }) => executionKinds.has(kind) && !this.#placed.has(id),
      );
      if (isWork) this.wake();
    });
  }

  /** Looks for work. Cheap when there is none; calls at the same time are one. */
  wake(): void {
    this.#again = true;
    if (this.#pumping || this.#stopped) return;
    this.#pumping = true;
    this.#pump().catch((thrown: unknown) => {
      this.#options.log.error("dispatch failed", { error: toStigmerError(thrown) });
      this.#wakeIn(placingPauseMs);
    });
  }

  /** Places nothing more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#subscription[Symbol.dispose]();
  }

  /** Tells the runner that holds it; one that waits is claimed again, and is told then. */
  cancel(executionId: string): void {
    const { store, pool } = this.#options;
    const reason = store.read.execution(executionId)?.cancelReason ?? "";
    pool.holderOf(executionId)?.send({ case: "cancel", value: { executionId, reason } });
    this.wake();
  }

  /** Everything a runner says, in order. Ends when its stream does. */
  async listen(runner: Runner, messages: AsyncIterable<RunnerMessage>): Promise<void> {
    let appends = Promise.resolve();
    for await (const { message } of messages) {
      runner.lastSeenMs = performance.now();
      switch (message.case) {
        case "hello":
          runner.connected.resolve();
          break;
        case "append": {
          const append = message.value;
          // Not awaited: a slow disk must not hide the heartbeats behind it.
          appends = appends.then(() => this.#append(runner, append));
          break;
        }
        case "delta": {
          const { executionId, fencingToken, delta } = message.value;
          if (delta && runner.holds(executionId, fencingToken))
            this.#options.deltas.publish(executionId, delta);
          break;
        }
        case "jobOutcome":
          this.#finishJob(runner, message.value);
          break;
        default:
          break;
      }
    }
    await appends;
  }

  /** The runner is gone: what it held is ready for the next. */
  async abandon(runner: Runner): Promise<void> {
    const { work } = runner;
    if (work.kind === "job") this.#options.jobs.fail(work.jobId, runner.lastWords);
    if (work.kind !== "execution") return this.wake();
    const { executionId, fencingToken } = work;
    runner.work = { kind: "leaving", sinceMs: performance.now() };
    // Who places it finds out: by then it may be on its way to another.
    if (fencingToken === 0) return;
    await this.#giveBack(work, runner.lastWords);
    this.#unplace(executionId);
  }

  async #pump(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        // oxlint-disable-next-line no-await-in-loop -- one round at a time
        await this.#placeAll();
      }
    } finally {
      this.#pumping = false;
    }
  }

  async #placeAll(): Promise<void> {
    const { store, settings, log } = this.#options;
    const max = (await settings()).get("runner.max");
    for (const item of store.read.claimable(candidates + this.#placed.size, Date.now())) {
      if (item.kind === "corrupt") {
        log.error("execution is damaged", { error: item.error });
        continue;
      }
      if (this.#placed.has(item.row.id)) continue;
      // Somebody waits for a cancel: it does not queue behind work.
      if (this.#placed.size >= max && item.row.cancelReason === null) continue;
      this.#placed.add(item.row.id);
      const isUnstarted = item.row.cancelReason !== null && item.row.lastSeq === 0;
      const placing = isUnstarted ? this.#endUnstarted(item.row) : this.#place(item.row);
      placing.catch((thrown: unknown) => {
        log.warn("execution not placed", {
          executionId: item.row.id,
          error: toStigmerError(thrown),
        });
      });
    }
    this.#wakeAtNextTimer();
  }

  /** A runner would have nothing to clean up. */
  async #endUnstarted(row: ExecutionRow): Promise<void> {
    await this.#options.executions.endUnstarted(row).finally(() => this.#unplace(row.id));
  }

  async #place(row: ExecutionRow): Promise<void> {
    const { store, pool, settings, log } = this.#options;
    try {
      const reserved = { kind: "execution", executionId: row.id, fencingToken: 0 } as const;
      const runner = await pool.acquire(row.sessionId ?? row.id, reserved);
      const current = await settings();
      const now = Date.now();
      const leaseUntil = now + current.get("runner.leaseTime");
      const claim = { id: row.id, runnerId: runner.id, leaseUntil, now };
      const claimed = await store.write("claim", claim);
      const isGone = runner.work !== reserved;
      runner.work = { kind: "execution", executionId: row.id, fencingToken: claimed.fencingToken };
      if (isGone) return await this.abandon(runner);
      log.info("execution claimed", {
        executionId: row.id,
        runnerId: runner.id,
        attempt: claimed.attempt,
        waitedMs: now - row.createdAt,
      });
      runner.send({ case: "claim", value: claimMessage(store.read, claimed, current) });
    } catch (thrown) {
      await this.#placeFailed(row, thrown);
    }
  }

  async #placeFailed(row: ExecutionRow, thrown: unknown): Promise<void> {
    const { pool, log } = this.#options;
    const error = toStigmerError(thrown);
    log.warn("execution not placed", { executionId: row.id, error });
    const runner = this.#options.pool.holderOf(row.id);
    try {
      // A claim that cannot be made into a message would fail for ever.
      if (error.code === "data-loss") await this.#failExecution(row.id, error);
      else if (runner) await this.#giveBack(runner.work, error.message);
      else await this.#countFruitless(row.id, error.message);
    } finally {
      if (runner) pool.release(runner);
      this.#placed.delete(row.id);
      // Not at once: on a full disk it would fail again as fast as it can be asked.
      this.#wakeIn(placingPauseMs);
    }
  }

  /** Nobody works on it any more: the next runner may have it. */
  async #giveBack(work: Runner["work"], lastWords: string): Promise<void> {
    if (work.kind !== "execution" || work.fencingToken === 0) return;
    const { executionId, fencingToken } = work;
    try {
      await this.#options.store.write("releaseLease", { id: executionId, fencingToken });
      await this.#countFruitless(executionId, lastWords);
    } catch (thrown) {
      // Ended, suspended, deleted or taken over meanwhile; what the disk refused, the lease keeper finds.
      this.#options.log.debug("nothing to release", { executionId, error: toStigmerError(thrown) });
    }
  }

  async #append(runner: Runner, append: Parameters<typeof storeAppend>[1]): Promise<void> {
    const answer = await storeAppend(this.#options.store, append);
    if (answer.error !== "") {
      this.#options.log.warn("append refused", {
        executionId: append.executionId,
        reason: answer.error,
        fenced: answer.fenced,
      });
    } else if (recordsProgress(append)) {
      this.#fruitless.forget(append.executionId);
    }
    // An append that can never be written: the lease goes back unless it is lost already.
    if (answer.fenced) await this.#giveBack(runner.work, answer.error);
    const isOver = answer.fenced || (answer.error === "" && append.release.case !== undefined);
    // Free before the answer: the next turn of the session may already be waiting for it.
    if (isOver) this.#free(runner, append.executionId);
    runner.send({ case: "appendResult", value: answer });
  }

  #free(runner: Runner, executionId: string): void {
    if (runner.work.kind === "execution" && runner.work.executionId === executionId)
      this.#options.pool.release(runner);
    this.#unplace(executionId);
  }

  #unplace(executionId: string): void {
    this.#placed.delete(executionId);
    this.wake();
  }

  #finishJob(runner: Runner, outcome: JobOutcome): void {
    this.#options.jobs.finish(outcome);
    // Nobody will ask the same thing of it again: its process held what this job was lent.
    this.#options.pool.dismiss(runner);
  }

  async #countFruitless(executionId: string, lastWords: string): Promise<void> {
    const reason = this.#fruitless.count(executionId, lastWords);
    if (reason === undefined) return;
    const error = new StigmerError("internal", reason, { hint: "stigmer local logs" });
    await this.#failExecution(executionId, error);
  }

  async #failExecution(executionId: string, error: StigmerError): Promise<void> {
    this.#fruitless.forget(executionId);
    const { message, hint = "" } = error;
    const why = { code: "runner", message, hint };
    await this.#options.executions.endByDaemon(executionId, ExecutionPhase.EXECUTION_FAILED, why);
  }

  #wakeAtNextTimer(): void {
    clearTimeout(this.#timer);
    const nextMs = this.#options.store.read.nextWakeAt();
    if (nextMs === undefined) return;
    const delayMs = nextMs - Date.now();
    // What is due and not placed waits for a runner, and is found when one is free.
    this.#wakeIn(delayMs > 0 ? Math.min(delayMs, longestTimerMs) : placingPauseMs);
  }

  #wakeIn(delayMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), delayMs);
  }
}
