import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { Append } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { Executions } from "../../resources/executions.ts";
import { kindOfId } from "../../contract/kinds.ts";
import type { Store } from "../../store/store.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";
import type { Logger } from "../../system/log.ts";
import { recordsProgress, storeAppend } from "./execution-appends.ts";
import { FruitlessRunners } from "./fruitless-runners.ts";
import type { Runner, RunnerLease } from "./runner.ts";
import type { RunnerPool } from "./runner-pool.ts";

/** What dispatch does with executions of a kind, besides running them. */
export type EndExecutions = Pick<Executions<never, never>, "endByDaemon" | "endUnstarted">;

export interface RunnerLeasesOptions {
  readonly store: Store;
  readonly pool: RunnerPool;
  readonly executionsOf: (kind: ApiResourceKind) => EndExecutions;
  readonly log: Logger;
  /** Nobody works on it any more. */
  readonly onFree: (executionId: string) => void;
}

/** What runners hold: how they get it, write under it, and how it comes back from them. */
export class RunnerLeases {
  readonly #options: RunnerLeasesOptions;
  readonly #fruitless = new FruitlessRunners();

  constructor(options: RunnerLeasesOptions) {
    this.#options = options;
  }

  /** Leases an execution to a runner that has a place for it; `undefined` when that is gone by now. */
  async claim(
    row: ExecutionRow,
    runner: Runner,
    leaseMs: number,
  ): Promise<ExecutionRow | undefined> {
    const { store, log } = this.#options;
    const now = Date.now();
    const claim = { id: row.id, runnerId: runner.id, leaseUntil: now + leaseMs, now };
    const claimed = await store.write("claim", claim);
    if (!runner.has(row.id)) {
      await this.#takeBack({ executionId: row.id, fencingToken: claimed.fencingToken }, runner);
      return undefined;
    }
    runner.hold(row.id, claimed.fencingToken);
    log.info("execution claimed", {
      executionId: row.id,
      runnerId: runner.id,
      attempt: claimed.attempt,
      waitedMs: now - row.createdAt,
    });
    return claimed;
  }

  /** Writes what a runner sends, and answers it. */
  async append(runner: Runner, append: Append): Promise<void> {
    const { executionId } = append;
    const answer = await storeAppend(this.#options.store, append);
    if (answer.error !== "") {
      const { fenced } = answer;
      this.#options.log.warn("append refused", { executionId, reason: answer.error, fenced });
    } else if (recordsProgress(append)) {
      this.#fruitless.forget(executionId);
    }
    const isOver = answer.fenced || (answer.error === "" && append.release.case !== undefined);
    // Free before the answer: the next turn of the session may already be waiting for it.
    if (isOver && runner.holds(executionId, append.fencingToken)) {
      const lease = runner.letGo(executionId);
      // An append that can never be written: the lease goes back unless it is lost already.
      if (answer.fenced && lease) await this.#giveBack(lease, answer.error);
      this.#options.pool.release(runner, executionId);
      this.#options.onFree(executionId);
    }
    runner.send({ case: "appendResult", value: answer });
  }

  /** The runner is gone: what it held is ready for the next. */
  async abandon(runner: Runner): Promise<void> {
    runner.work = { kind: "leaving", sinceMs: performance.now() };
    for (const lease of runner.leases) {
      runner.letGo(lease.executionId);
      // Who places it finds out: by then it may be on its way to another.
      if (lease.fencingToken === 0) continue;
      // oxlint-disable-next-line no-await-in-loop -- a handful, in order
      await this.#takeBack(lease, runner);
    }
  }

  /** It could not be given to a runner, or not be made into a claim. */
  async placeFailed(row: ExecutionRow, thrown: unknown): Promise<void> {
    const { pool, log } = this.#options;
    const error = toStigmerError(thrown);
    log.warn("execution not placed", { executionId: row.id, error });
    const runner = pool.holderOf(row.id);
    const lease = runner?.letGo(row.id);
    // A claim that cannot be made into a message would fail for ever.
    if (error.code === "data-loss") await this.#fail(row.id, error);
    else if (lease) await this.#giveBack(lease, error.message);
    else await this.#countFruitless(row.id, error.message);
    if (runner) pool.release(runner, row.id);
  }

  /** Ends what was cancelled before a runner had it: it would have nothing to clean up. */
  async endUnstarted(row: ExecutionRow): Promise<void> {
    await this.#options.executionsOf(row.kind).endUnstarted(row);
  }

  async #takeBack(lease: RunnerLease, runner: Runner): Promise<void> {
    await this.#giveBack(lease, runner.lastWords);
    this.#options.onFree(lease.executionId);
  }

  /** Nobody works on it any more: the next runner may have it. */
  async #giveBack({ executionId, fencingToken }: RunnerLease, lastWords: string): Promise<void> {
    if (fencingToken === 0) return;
    try {
      await this.#options.store.write("releaseLease", { id: executionId, fencingToken });
      await this.#countFruitless(executionId, lastWords);
    } catch (thrown) {
      // Ended, suspended, deleted or taken over meanwhile; what the disk refused, the lease keeper finds.
      this.#options.log.debug("nothing to release", { executionId, error: toStigmerError(thrown) });
    }
  }

  async #countFruitless(executionId: string, lastWords: string): Promise<void> {
    const reason = this.#fruitless.count(executionId, lastWords);
    if (reason === undefined) return;
    await this.#fail(
      executionId,
      new StigmerError("internal", reason, { hint: "stigmer local logs" }),
    );
  }

  async #fail(executionId: string, error: StigmerError): Promise<void> {
    this.#fruitless.forget(executionId);
    const { message, hint = "" } = error;
    const why = { code: "runner", message, hint };
    const kind = kindOfId(executionId);
    if (!kind) throw new StigmerError("internal", `${executionId} is the id of no kind`);
    const executions = this.#options.executionsOf(kind.number);
    await executions.endByDaemon(executionId, ExecutionPhase.EXECUTION_FAILED, why);
  }
}
