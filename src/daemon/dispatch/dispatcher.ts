import { toStigmerError } from "../../contract/errors.ts";
import type {
  JobOutcome,
  RunnerMessage,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { DeltaHub } from "../../resources/delta-hub.ts";
import { executionKinds } from "../../resources/execution-kinds.ts";
import type { Store } from "../../store/store.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";
import type { Change } from "../../store/transaction.ts";
import type { Logger } from "../../system/log.ts";
import type { Settings } from "../../system/settings.ts";
import { claimMessage, signalMessage } from "./claim-message.ts";
import type { Jobs } from "./jobs.ts";
import { Placements, type RunnerSharing } from "./placements.ts";
import type { Runner } from "./runner.ts";
import { type EndExecutions, RunnerLeases } from "./runner-leases.ts";
import type { RunnerPool } from "./runner-pool.ts";

export interface DispatcherOptions {
  readonly store: Store;
  readonly pool: RunnerPool;
  readonly jobs: Jobs;
  readonly executionsOf: (kind: ApiResourceKind) => EndExecutions;
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

/** Workflows share processes, whichever they are. */
const workflowAffinity = "workflows";

/** Decides who runs what, and when: gives ready executions to runners and takes them back. */
export class Dispatcher implements Disposable {
  readonly #options: DispatcherOptions;
  readonly #placements = new Placements();
  readonly #leases: RunnerLeases;
  readonly #subscription: Disposable;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pumping = false;
  #again = false;
  #stopped = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#leases = new RunnerLeases({ ...options, onFree: (id) => this.#unplace(id) });
    this.#subscription = options.store.onCommitted((changes) => this.#onCommitted(changes));
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
          appends = appends.then(() => this.#leases.append(runner, append));
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
    if (runner.work.kind === "job") this.#options.jobs.fail(runner.work.jobId, runner.lastWords);
    await this.#leases.abandon(runner);
    this.wake();
  }

  #onCommitted(changes: readonly Change[]): void {
    let isWork = false;
    for (const { kind, id, effect } of changes) {
      if (!executionKinds.has(kind)) continue;
      // An execution that is placed wakes it itself when it is let go; until then each turn would.
      isWork ||= !this.#placements.has(id);
      if (effect === "signalled") this.#deliver(id);
    }
    // Definitions are written by the thousand and make no work.
    if (isWork) this.wake();
  }

  /** Who holds it is told; the next holder finds signals in its claim. */
  #deliver(executionId: string): void {
    const { pool, store } = this.#options;
    const holder = pool.holderOf(executionId);
    if (!holder) return;
    for (const signal of store.read.pendingSignals(executionId)) {
      const value = { executionId, signal: signalMessage(signal) };
      holder.send({ case: "signal", value });
    }
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
    const current = await settings();
    for (const item of store.read.claimable(candidates + this.#placements.size, Date.now())) {
      if (item.kind === "corrupt") {
        log.error("execution is damaged", { error: item.error });
        continue;
      }
      const { row } = item;
      if (this.#placements.has(row.id)) continue;
      const sharing = sharingOf(row, current);
      // Somebody waits for a cancel: it does not queue behind work.
      if (row.cancelReason === null && !this.#placements.hasRoom(row.kind, sharing)) continue;
      this.#placements.add(row);
      const isUnstarted = row.cancelReason !== null && row.lastSeq === 0;
      const placing = isUnstarted ? this.#endUnstarted(row) : this.#place(row, sharing);
      placing.catch((thrown: unknown) => {
        const error = toStigmerError(thrown);
        log.warn("execution not placed", { executionId: row.id, error });
      });
    }
    this.#wakeAtNextTimer();
  }

  async #endUnstarted(row: ExecutionRow): Promise<void> {
    await this.#leases.endUnstarted(row).finally(() => this.#unplace(row.id));
  }

  async #place(row: ExecutionRow, { perRunner }: RunnerSharing): Promise<void> {
    const { store, pool, settings } = this.#options;
    try {
      const runner = await pool.acquire(row.id, { affinity: affinityOf(row), perRunner });
      const current = await settings();
      const claimed = await this.#leases.claim(row, runner, current.get("runner.leaseTime"));
      if (claimed)
        runner.send({ case: "claim", value: claimMessage(store.read, claimed, current) });
    } catch (thrown) {
      await this.#leases.placeFailed(row, thrown).finally(() => {
        this.#placements.delete(row.id);
        // Not at once: on a full disk it would fail again as fast as it can be asked.
        this.#wakeIn(placingPauseMs);
      });
    }
  }

  #unplace(executionId: string): void {
    this.#placements.delete(executionId);
    this.wake();
  }

  #finishJob(runner: Runner, outcome: JobOutcome): void {
    this.#options.jobs.finish(outcome);
    // Nobody will ask the same thing of it again: its process held what this job was lent.
    this.#options.pool.dismiss(runner);
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

function sharingOf({ kind }: ExecutionRow, settings: Settings): RunnerSharing {
  const perRunner =
    kind === ApiResourceKind.WORKFLOW_EXECUTION ? settings.get("runner.workflows") : 1;
  return { perRunner, runners: settings.get("runner.max") };
}

/** A process that worked for one session holds what it was lent: only its next turn may come to it. */
function affinityOf({ kind, sessionId, id }: ExecutionRow): string {
  return kind === ApiResourceKind.WORKFLOW_EXECUTION ? workflowAffinity : (sessionId ?? id);
}
