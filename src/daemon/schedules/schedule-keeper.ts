import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { Schedule } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../../contract/kinds.ts";
import {
  afterFailure,
  afterTrigger,
  nextStep,
  type ScheduleFacts,
  type ScheduleStep,
} from "../../resources/schedule/next-step.ts";
import type { WriteContext } from "../../resources/resource-service.ts";
import { fromRow } from "../../resources/stored-resource.ts";
import { conflictOf } from "../../store/conflict.ts";
import type { Store } from "../../store/store.ts";
import type { ScheduleRow } from "../../store/tables/schedule-table.ts";
import type { Logger } from "../../system/log.ts";
import type { StartTarget } from "./start-target.ts";

export interface ScheduleKeeperOptions {
  readonly store: Store;
  readonly clock: () => number;
  readonly startTarget: StartTarget;
  /** Asks an execution to stop, which may be gone by then. */
  readonly cancel: (executionId: string) => Promise<void>;
  readonly log: Logger;
}

/** More than a schedule ever needs at once: a defect must not keep the daemon busy. */
const mostSteps = 20;

/** Says nothing against a start: the store takes nothing now. */
const passing: ReadonlySet<string> = new Set(["unavailable", "resource-exhausted"]);

const kind = kindOf(ApiResourceKind.SCHEDULE);

interface Facts extends ScheduleFacts {
  readonly isDamaged: boolean;
}

/** Brings one schedule to where it should be. What it does is stored with what follows from it. */
export class ScheduleKeeper {
  readonly #options: ScheduleKeeperOptions;

  constructor(options: ScheduleKeeperOptions) {
    this.#options = options;
  }

  /**
   * Does what is due until nothing is; nothing for a schedule that is not there. Returns the ids of
   * the executions that it started. Throws what the store throws.
   *
   * @param awakeSince milliseconds: what was due since then was not missed
   */
  async attend(id: string, awakeSince: number): Promise<string[]> {
    const started: string[] = [];
    for (let steps = 0; steps < mostSteps; steps++) {
      const facts = this.#factsOf(id, awakeSince);
      const step = facts && nextStep(facts);
      if (!step) break;
      try {
        // oxlint-disable-next-line no-await-in-loop -- each step follows from the one before
        const executionId = await this.#take(step, facts);
        if (executionId !== undefined) started.push(executionId);
      } catch (thrown) {
        // Somebody changed it first: what is to be done follows from that.
        if (conflictOf(thrown) === undefined && this.#isThere(id)) throw thrown;
      }
    }
    return started;
  }

  /** Starts it now, whatever its times say. Returns the id of the execution; throws why there is none. */
  async trigger(id: string, context: WriteContext): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- once more for each change of somebody else
        return await this.#tryTrigger(id, context);
      } catch (thrown) {
        if (conflictOf(thrown) === undefined || attempt === mostSteps) throw thrown;
      }
    }
  }

  async #tryTrigger(id: string, context: WriteContext): Promise<string> {
    const now = this.#options.clock();
    await this.attend(id, now);
    const facts = this.#factsOf(id, now);
    if (!facts?.row) throw new StigmerError("not-found", `no schedule ${id}`);
    return await this.#options.startTarget({
      schedule: facts.stored.schedule,
      context: { ...context, schedule: afterTrigger(facts.row, now) },
    });
  }

  async #take(step: ScheduleStep, facts: Facts): Promise<string | undefined> {
    switch (step.kind) {
      case "move":
        await this.#move(step.row, facts);
        return undefined;
      case "cancel":
        await Promise.all(step.executions.map((id) => this.#options.cancel(id)));
        return undefined;
      case "start":
        return await this.#start(step, facts);
    }
  }

  async #move(row: ScheduleRow, { row: before, isDamaged }: Facts): Promise<void> {
    const missed = row.missed - (before?.missed ?? 0);
    if (missed > 0) this.#options.log.info("starts missed", { scheduleId: row.id, missed });
    await this.#options.store.write("moveSchedule", isDamaged ? { row, replace: true } : { row });
  }

  async #start(
    { row, dueAt }: Extract<ScheduleStep, { kind: "start" }>,
    { stored, row: before = row }: Facts,
  ): Promise<string | undefined> {
    const { startTarget, store, log } = this.#options;
    const { id: scheduleId } = row;
    const { schedule } = stored;
    try {
      const executionId = await startTarget({ schedule, context: contextOf(schedule, row, dueAt) });
      if (store.read.schedule(scheduleId)?.revision === before.revision) throw unmoved(scheduleId);
      log.info("schedule started an execution", { scheduleId, executionId, dueAt });
      return executionId;
    } catch (thrown) {
      const error = toStigmerError(thrown);
      if (conflictOf(thrown) !== undefined || passing.has(error.code)) throw thrown;
      if (!this.#isThere(scheduleId)) throw thrown;
      const failed = afterFailure({ stored, row: before }, error.message, this.#options.clock());
      log.warn("schedule could not start", { scheduleId, failures: failed.failures, error });
      await store.write("moveSchedule", { row: failed });
      return undefined;
    }
  }

  #factsOf(id: string, awakeSince: number): Facts | undefined {
    const { store, clock } = this.#options;
    const found = store.read.get(kind.number, id);
    if (!found) return undefined;
    const { resourceVersion, updatedAt } = found;
    const schedule = fromRow(kind, found) as Schedule;
    const state = this.#stateOf(id);
    return {
      stored: { id, resourceVersion, updatedAt, schedule },
      runs: store.read.scheduledRuns(id),
      // A clock that is set back does not take back that it was due.
      now: Math.max(clock(), awakeSince),
      awakeSince,
      ...state,
    };
  }

  /** A damaged state is replaced: its times follow from the definition. */
  #stateOf(id: string): Pick<Facts, "row" | "isDamaged"> {
    try {
      return { row: this.#options.store.read.schedule(id), isDamaged: false };
    } catch (thrown) {
      const error = toStigmerError(thrown);
      if (error.code !== "data-loss") throw thrown;
      this.#options.log.error("state of a schedule is damaged and made anew", { error });
      return { row: undefined, isDamaged: true };
    }
  }

  #isThere(id: string): boolean {
    return this.#options.store.read.get(kind.number, id) !== undefined;
  }
}

/** The same start is the same request: a conversation that is begun for it is begun once. */
function contextOf({ metadata }: Schedule, row: ScheduleRow, dueAt: number): WriteContext {
  const { id, resourceVersion, starts } = row;
  return {
    actor: `schedule/${metadata?.slug ?? id}`,
    requestId: `schedule/${id}/${resourceVersion}/${starts}/${dueAt}`,
    dryRun: false,
    cascade: false,
    schedule: row,
  };
}

function unmoved(id: string): StigmerError {
  return new StigmerError("internal", `what ${id} started was started before`);
}
