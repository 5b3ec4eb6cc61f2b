import type { WorkflowDefinition } from "../../../workflow/definition/workflow-definition.ts";
import type {
  TrialOutcome,
  TrialRecord,
  TrialRequest,
  TrialStop,
} from "../../../workflow/trial/trial-protocol.ts";
import { contextErrorCodes } from "../../durable/durable-context.ts";
import { LocalContext } from "../../durable/local-context.ts";
import type { PendingSignal } from "../../durable/local-run.ts";
import { MemoryJournal } from "../../durable/memory-journal.ts";
import { LeaseLost, Suspended, type Suspension } from "../../durable/release.ts";
import { runWorkflow, type WorkflowOutcome } from "../interpreter/run-workflow.ts";
import type { WorkflowUpdate } from "../workflow-update.ts";
import { TrialWorld } from "./trial-world.ts";
import { taskRecords } from "./task-records.ts";
import { VirtualTime } from "./virtual-time.ts";

/** A run that has ended, and what its journal and its world know of it. */
export interface FinishedTrial {
  readonly record: TrialRecord;
  readonly appends: number;
  readonly effects: ReadonlySet<string>;
  /** Keys of effects that happened again although their outcome was recorded. */
  readonly repeated: readonly string[];
  /** Whether an effect was in doubt and must not be repeated. */
  readonly hasUnknown: boolean;
}

/**
 * Runs a workflow with a time and a world of its own, as runners of the daemon do: on a journal, and
 * let go of whenever it waits.
 *
 * @param losses after how many appends each runner in turn loses the execution
 */
export async function runTrial(
  definition: WorkflowDefinition,
  request: TrialRequest,
  losses: readonly number[] = [],
): Promise<FinishedTrial> {
  return await new TrialRun(definition, request, losses).run();
}

/** Nobody reads all tasks of a run that was ended for their number. */
const shownOfStopped = 100;

class TrialRun {
  readonly #definition: WorkflowDefinition;
  readonly #request: TrialRequest;
  readonly #losses: number[];
  readonly #time: VirtualTime;
  readonly #world: TrialWorld;
  readonly #updates: WorkflowUpdate[] = [];
  readonly #repeated: string[] = [];
  /** Signals that nobody has consumed. */
  #signals: PendingSignal[] = [];
  readonly #journal = new MemoryJournal<WorkflowUpdate>();
  #appends = 0;
  /** How many more appends the runner makes before it loses the execution. */
  #left = Infinity;
  #context: LocalContext<WorkflowUpdate> | undefined;
  #stop: TrialStop | undefined;
  /** Told when something happens while nobody holds the execution. */
  #onHappening: (() => void) | undefined;

  constructor(definition: WorkflowDefinition, request: TrialRequest, losses: readonly number[]) {
    this.#definition = definition;
    this.#request = request;
    this.#losses = [...losses];
    this.#time = new VirtualTime(request.startMs);
    this.#world = new TrialWorld(request, this.#time, {
      onEffect: (key) => {
        if (losses.length > 0 && this.#isRecorded(key)) this.#repeated.push(key);
      },
      onSignal: (signal) => {
        this.#signals.push(signal);
        this.#context?.deliver(signal);
        this.#onHappening?.();
      },
      onEvent: () => this.#onHappening?.(),
      onStop: ({ stop }) => this.#end(stop),
    });
  }

  async run(): Promise<FinishedTrial> {
    let outcome: WorkflowOutcome | undefined;
    while (!outcome && !this.#stop) {
      this.#left = this.#losses.shift() ?? Infinity;
      outcome = await this.#hold();
    }
    return this.#finished(outcome);
  }

  /** One lease; `undefined` when it ended before the run did. */
  async #hold(): Promise<WorkflowOutcome | undefined> {
    const context = this.#open();
    this.#context = context;
    try {
      const outcome = await this.#time.during(this.#interpret(context), () =>
        // What is to be written is written at the moment at which it happened.
        context.flush().catch((thrown: unknown) => context.loseLease(String(thrown))),
      );
      await context.end();
      return outcome;
    } catch (thrown) {
      this.#context = undefined;
      if (thrown instanceof LeaseLost) return undefined;
      if (!(thrown instanceof Suspended)) throw thrown;
      if (await this.#suspend(context, thrown)) await this.#await(thrown.suspension);
      return undefined;
    }
  }

  #open(): LocalContext<WorkflowUpdate> {
    return new LocalContext<WorkflowUpdate>({
      executionId: "wex-trial",
      recorded: this.#journal.live,
      lastSequence: this.#journal.rows.length,
      signals: this.#signals,
      sink: { append: (batch) => this.#append(batch) },
      events: { read: async (types, after) => this.#world.read(types, after) },
      updateName: () => "task",
      clock: this.#time.clock,
      timers: this.#time,
    });
  }

  #interpret(context: LocalContext<WorkflowUpdate>): Promise<WorkflowOutcome> {
    const { input } = this.#request;
    const host = this.#world.host();
    const definition = this.#definition;
    return runWorkflow({ context, definition, input, host, version: "trial" });
  }

  async #append(batch: Parameters<MemoryJournal<WorkflowUpdate>["append"]>[0]): Promise<void> {
    if (this.#left === 0) throw new LeaseLost("taken away");
    this.#left -= 1;
    await this.#journal.append(batch);
    this.#appends += 1;
    this.#updates.push(...batch.updates.values());
    this.#signals = this.#signals.filter(({ id }) => !batch.consumedSignals.includes(id));
    this.#checkLimits();
  }

  #isRecorded(key: string): boolean {
    return this.#journal.keysOf("done").includes(key);
  }

  #checkLimits(): void {
    const { limits, startMs } = this.#request;
    // Each visit says that it starts and that it ends.
    if (this.#updates.length > 2 * limits.tasks) this.#end({ kind: "tasks", limit: limits.tasks });
    if (this.#time.nowMs - startMs > limits.timeMs) {
      this.#end({ kind: "time", limitMs: limits.timeMs });
    }
  }

  /** Ends the trial in the middle of the workflow. */
  #end(stop: TrialStop): void {
    this.#stop ??= stop;
    this.#context?.loseLease("the trial is over");
  }

  /** False when the runner lost the execution before it could say what it waits for. */
  async #suspend(context: LocalContext<WorkflowUpdate>, suspended: Suspended): Promise<boolean> {
    try {
      await context.suspend(suspended.suspension);
      return true;
    } catch (thrown) {
      if (thrown instanceof LeaseLost) return false;
      throw thrown;
    }
  }

  /** Lets time pass until what the run waits for has come. */
  async #await({ wakeAtMs, topic, events }: Suspension): Promise<void> {
    const woken = new AbortController();
    const stop =
      wakeAtMs === undefined
        ? undefined
        : this.#time.after(wakeAtMs - this.#time.nowMs, () => woken.abort());
    const look = (): void => {
      const hasSignal = this.#signals.some((one) => topic === "*" || one.topic === topic);
      const isPublished = events && this.#world.read(events.types, events.after).length > 0;
      if (hasSignal || isPublished === true) woken.abort();
    };
    this.#onHappening = look;
    look();
    while (!woken.signal.aborted) {
      if (events && this.#world.sendAwaited(events.types)) continue;
      if (this.#time.advance()) continue;
      this.#end({ kind: "waits", types: events?.types ?? [] });
      break;
    }
    this.#onHappening = undefined;
    stop?.();
  }

  #finished(outcome: WorkflowOutcome | undefined): FinishedTrial {
    const { startMs } = this.#request;
    const { calls, emitted, unusedEvents, unusedMocks, effects } = this.#world;
    const ended: TrialOutcome = this.#stop
      ? { kind: "stopped", stop: this.#stop }
      : outcomeOf(outcome);
    const tasks = taskRecords(this.#updates, startMs);
    const record = {
      outcome: ended,
      tookMs: this.#time.nowMs - startMs,
      tasks: this.#stop ? tasks.slice(-shownOfStopped) : tasks,
      calls,
      emitted,
      unusedEvents,
      unusedMocks,
    };
    const hasUnknown = this.#journal.rows.some(
      (row) => row.type === "failed" && row.error.code === contextErrorCodes.outcomeUnknown,
    );
    return {
      record,
      appends: this.#appends,
      effects,
      repeated: this.#repeated,
      hasUnknown,
    };
  }
}

function outcomeOf(outcome: WorkflowOutcome | undefined): TrialOutcome {
  if (!outcome) {
    const message = "the run has no outcome";
    return { kind: "stopped", stop: { kind: "defect", message } };
  }
  return outcome.kind === "failed" ? { kind: "failed", error: { ...outcome.error } } : outcome;
}
