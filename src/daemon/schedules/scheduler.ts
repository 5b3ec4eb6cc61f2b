import { toStigmerError } from "../../contract/errors.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { executionKinds } from "../../resources/execution-kinds.ts";
import type { ScheduledRun } from "../../store/readers/schedule-reader.ts";
import type { Store } from "../../store/store.ts";
import type { Change } from "../../store/transaction.ts";
import type { Logger } from "../../system/log.ts";
import type { ScheduleKeeper } from "./schedule-keeper.ts";

export interface SchedulerOptions {
  readonly store: Store;
  readonly keeper: ScheduleKeeper;
  readonly clock: () => number;
  readonly log: Logger;
}

/** A clock that jumps must not make a timer sleep on. */
const longestTimerMs = 60_000;

/** Before what the store did not take, or cannot be read, is tried again. */
const retryMs = 5_000;

/** Between two looks while something rests. */
const restingPaceMs = 1_000;

/** Looked at together: more would keep others from the store. */
const together = 32;

/** Sees to each schedule when it is due, was changed, or waits for an execution that has ended. */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions;
  readonly #subscription: Disposable;
  /** Executions that schedules started and that go on, and the schedule of each. */
  readonly #runs = new Map<string, string>();
  readonly #waiting = new Set<string>();
  /** Those that failed, until when. */
  readonly #resting = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pumping: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #lastLook = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#subscription = options.store.onCommitted((changes) => {
      const isWork = changes.filter((change) => this.#concerns(change)).length > 0;
      if (isWork) this.wake();
    });
  }

  /** Takes up what an earlier daemon left, and what was due meanwhile. */
  start(): void {
    const { store } = this.#options;
    this.#followOpen(store.read.everyScheduledRun());
    this.#addUnsettled();
    this.wake();
  }

  /** Tells it that a schedule started something outside of its times. */
  follow(scheduleId: string): void {
    this.#followOpen(this.#options.store.read.scheduledRuns(scheduleId));
    this.#waiting.add(scheduleId);
    this.wake();
  }

  /** Looks for what is due. Cheap when nothing is; calls at the same time are one. */
  wake(): void {
    this.#again = true;
    if (this.#stopped) return;
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
    });
  }

  /** Starts nothing more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    this.#subscription[Symbol.dispose]();
    await this.#pumping;
  }

  #followOpen(runs: readonly ScheduledRun[]): void {
    for (const { executionId, scheduleId, endedAt } of runs) {
      if (endedAt === undefined) this.#runs.set(executionId, scheduleId);
    }
  }

  #concerns({ kind, id, effect }: Change): boolean {
    if (kind === ApiResourceKind.SCHEDULE) {
      if (effect !== "deleted") this.#waiting.add(id);
      return true;
    }
    const scheduleId = executionKinds.has(kind) ? this.#runs.get(id) : undefined;
    if (scheduleId === undefined) return false;
    const isOpen = (this.#options.store.read.execution(id)?.state ?? "ended") !== "ended";
    if (isOpen) return false;
    this.#runs.delete(id);
    this.#waiting.add(scheduleId);
    return true;
  }

  async #pump(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        // oxlint-disable-next-line no-await-in-loop -- one round at a time
        await this.#round();
      } catch (thrown) {
        this.#options.log.error("schedules not looked at", { error: toStigmerError(thrown) });
        this.#wakeIn(retryMs);
      }
    }
  }

  async #round(): Promise<void> {
    const awakeSince = this.#options.clock();
    if (awakeSince < this.#lastLook) this.#addUnsettled();
    this.#lastLook = awakeSince;
    this.#rouse(awakeSince);
    for (;;) {
      const ids = new Set([...this.#takeWaiting(), ...this.#due(awakeSince)]);
      if (ids.size === 0 || this.#stopped) break;
      // oxlint-disable-next-line no-await-in-loop -- some at a time
      await Promise.all([...ids].map((id) => this.#attend(id, awakeSince)));
    }
    this.#wakeAtNext();
  }

  /** What rested long enough is looked at again. */
  #rouse(now: number): void {
    for (const [id, until] of this.#resting) {
      if (until > now) continue;
      this.#resting.delete(id);
      this.#waiting.add(id);
    }
  }

  #takeWaiting(): string[] {
    const taken = [...this.#waiting].slice(0, together);
    for (const id of taken) this.#waiting.delete(id);
    return taken;
  }

  /** What rests stays due: others are found behind it. */
  #due(at: number): string[] {
    const { read } = this.#options.store;
    const ids = read.dueSchedules(at, together + this.#resting.size);
    return ids.filter((id) => !this.#resting.has(id));
  }

  async #attend(id: string, awakeSince: number): Promise<void> {
    const { keeper, clock, log } = this.#options;
    try {
      for (const executionId of await keeper.attend(id, awakeSince))
        this.#runs.set(executionId, id);
      // Whatever it is that keeps it due, it must not be looked at as fast as that can be done.
      const nextAt = this.#options.store.read.schedule(id)?.nextAt ?? Infinity;
      if (nextAt <= awakeSince) this.#resting.set(id, clock() + retryMs);
    } catch (thrown) {
      log.warn("schedule not attended to", { scheduleId: id, error: toStigmerError(thrown) });
      this.#resting.set(id, clock() + retryMs);
    }
  }

  #addUnsettled(): void {
    const { store, clock } = this.#options;
    const ids = store.read.unsettledSchedules(ApiResourceKind.SCHEDULE, clock());
    for (const id of ids) this.#waiting.add(id);
  }

  #wakeAtNext(): void {
    const { store, clock } = this.#options;
    clearTimeout(this.#timer);
    const nextAt = store.read.nextScheduleAt();
    const rests = this.#resting.size > 0;
    if (nextAt === undefined && !rests) return;
    // What rests is due all the time: it must not keep this awake.
    const soonest = rests ? restingPaceMs : 0;
    const delayMs = Math.max(soonest, (nextAt ?? Infinity) - clock());
    this.#wakeIn(Math.min(delayMs, rests ? retryMs : longestTimerMs));
  }

  #wakeIn(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.wake(), delayMs);
  }
}
