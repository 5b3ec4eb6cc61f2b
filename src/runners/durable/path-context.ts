import type { Json } from "../../contract/json.ts";
import { Cancellation } from "./cancellation.ts";
import {
  type AllOptions,
  type Branch,
  type DurableContext,
  type Effect,
  type EventQuery,
  type EffectScope,
  ExecutionFailure,
  type ForkOptions,
  type ForkOutcome,
  type LoopTurn,
  type PublishedEvent,
  type Settled,
  type StepOptions,
  toExecutionError,
} from "./durable-context.ts";
import { forkBranches } from "./fork-branches.ts";
import type { JournalRow } from "./journal-row.ts";
import type { LocalRun } from "./local-run.ts";
import { keyAt } from "./operation-key.ts";
import { failureOf, settledOf } from "./recorded-outcome.ts";
import { isRelease } from "./release.ts";
import { type ContextPlace, PlaceOperations } from "./place-operations.ts";
import { runParallel } from "./run-parallel.ts";
import { runUntil } from "./run-until.ts";

/** How often published events are looked for while another branch works. */
const pollMs = 500;

/** The durable context over the daemon's journal. See `durable-context.ts` for what it promises. */
export class PathContext<Update> implements DurableContext<Update> {
  readonly executionId: string;
  readonly path: string;
  readonly #run: LocalRun<Update>;
  readonly #place: ContextPlace;
  readonly #operations: PlaceOperations<Update>;
  readonly #occurrences = new Map<string, number>();

  constructor(run: LocalRun<Update>, place: ContextPlace) {
    this.executionId = run.executionId;
    this.path = place.path;
    this.#run = run;
    this.#place = place;
    this.#operations = new PlaceOperations(run, place);
  }

  async step<T>(
    name: string,
    effect: (scope: EffectScope) => Promise<T>,
    options: StepOptions,
  ): Promise<T> {
    const { onUnknown, timeoutMs } = options;
    const settled = await this.#operations.perform<T>(
      this.#enter(name),
      { run: effect, onUnknown },
      timeoutMs,
    );
    if (settled.kind === "failed") throw new ExecutionFailure(settled.error);
    return settled.value;
  }

  async all<T>(
    name: string,
    effects: readonly Effect<T>[],
    { concurrency, timeoutMs }: AllOptions,
  ): Promise<Settled<T>[]> {
    // Nothing would be recorded, and a resume would miss it in the order.
    if (effects.length === 0) return [];
    const key = this.#enter(name);
    return await runParallel(effects, concurrency, (effect, index) =>
      this.#operations.performOne(`${key}[${index}]`, effect, timeoutMs),
    );
  }

  async scope<T>(name: string, run: (context: DurableContext<Update>) => Promise<T>): Promise<T> {
    const key = this.#enter(name);
    const begun = this.#operations.begin(key, "below");
    if (begun.isEnded) return begun.value as T;
    return await this.#operations.finish(key, begun.sequence, () => run(this.#below(key)));
  }

  async loop<T>(
    name: string,
    initial: T,
    turn: (context: DurableContext<Update>, state: T, index: number) => Promise<LoopTurn<T>>,
  ): Promise<T> {
    const key = this.#enter(name);
    const last = this.#run.recorded.lastTurn(key);
    const sequence = last ? last.coversFrom : this.#operations.begin(key, "below").sequence;
    let done: LoopTurn<T> = last ? turnOf<T>(last.row) : { state: initial, isLast: false };
    for (let index = (last?.index ?? -1) + 1; !done.isLast; index++) {
      const { state } = done;
      const turnKey = `${key}[${index}]`;
      done = await this.#operations.finish(turnKey, sequence, () =>
        turn(this.#below(turnKey), state, index),
      );
    }
    return done.state;
  }

  async fork<T>(
    name: string,
    branches: readonly Branch<T, Update>[],
    options: ForkOptions,
  ): Promise<ForkOutcome<T>> {
    const key = this.#enter(name);
    const begun = this.#operations.begin(key, "below");
    if (begun.isEnded) return begun.value as ForkOutcome<T>;
    return await this.#operations.finish(key, begun.sequence, () =>
      forkBranches(branches, options, {
        strands: this.#run.strands,
        cancellation: this.#place.cancellation,
        recorded: (index) => this.#recordedBranch<T>(`${key}[${index}]`),
        run: (branch, index, cancellation) =>
          this.#runBranch(branch, `${key}[${index}]`, cancellation),
      }),
    );
  }

  async shield<T>(
    name: string,
    cleanup: (context: DurableContext<Update>) => Promise<T>,
  ): Promise<T> {
    const key = this.#enter(name);
    const begun = this.#operations.begin(key, "masked");
    if (begun.isEnded) return begun.value as T;
    const inner = this.#below(key, { cancellation: new Cancellation() });
    return await inner.#operations.finish(key, begun.sequence, () => cleanup(inner));
  }

  async timeLimit<T>(
    name: string,
    epochMs: number,
    run: (context: DurableContext<Update>) => Promise<T>,
  ): Promise<T> {
    const key = this.#enter(name);
    const begun = this.#operations.begin(key, "below");
    if (begun.isEnded) return begun.value as T;
    return await this.#operations.finish(key, begun.sequence, () =>
      runUntil(epochMs, this.#run, this.#place.cancellation, (cancellation) =>
        run(this.#below(key, { cancellation })),
      ),
    );
  }

  async sleepUntil(name: string, epochMs: number): Promise<void> {
    const key = this.#enter(name);
    if (this.#operations.begin(key).isEnded) return;
    await this.#operations.untilTime(key, epochMs);
    this.#run.add({ type: "done", key, atMs: this.#run.clock(), value: null });
  }

  async event(name: string, topic: string, deadlineMs?: number): Promise<Json | undefined> {
    const key = this.#enter(name);
    const begun = this.#operations.begin(key);
    if (begun.isEnded) return begun.value as Json | undefined;
    const suspension = { topic, ...(deadlineMs === undefined ? {} : { wakeAtMs: deadlineMs }) };
    let signal = this.#run.takeSignal(topic);
    while (!signal && this.#run.clock() < (deadlineMs ?? Infinity)) {
      await this.#run.strands.park(suspension, this.#run.clock);
      this.#operations.throwIfStopped(key);
      signal = this.#run.takeSignal(topic);
    }
    this.#run.add({ type: "done", key, atMs: this.#run.clock(), value: signal?.payload });
    return signal?.payload;
  }

  async nextEvent(name: string, { types, after, matches }: EventQuery): Promise<PublishedEvent> {
    const key = this.#enter(name);
    const begun = this.#operations.begin(key);
    if (begun.isEnded) return begun.value as PublishedEvent;
    const { events, strands, clock } = this.#run;
    for (let seen = after; ;) {
      const published = await events.read(types, seen);
      this.#operations.throwIfStopped(key);
      const found = published.find(({ event }) => matches(event));
      if (found) {
        this.#run.add({ type: "done", key, atMs: clock(), value: found });
        return found;
      }
      seen = published.at(-1)?.id ?? seen;
      if (published.length === 0)
        await strands.park({ events: { types, after: seen } }, clock, pollMs);
      this.#operations.throwIfStopped(key);
    }
  }

  report(update: Update): void {
    const key = this.#nextKey(this.#run.updateName(update));
    if (!this.#run.recorded.hasEvent(key)) this.#run.addUpdate(key, update);
  }

  now(): number {
    const key = this.#nextKey("now");
    const recorded = this.#run.recorded.clock(key);
    if (recorded !== undefined) return recorded;
    const atMs = this.#run.clock();
    this.#run.add({ type: "clock", key, atMs });
    return atMs;
  }

  uuid(name: string): string {
    const hash = new Bun.CryptoHasher("sha256")
      .update(`${this.executionId}/${this.#nextKey(name)}`)
      .digest("hex");
    return [
      hash.slice(0, 8),
      hash.slice(8, 12),
      `8${hash.slice(13, 16)}`,
      `8${hash.slice(17, 20)}`,
      hash.slice(20, 32),
    ].join("-");
  }

  #enter(name: string): string {
    const key = this.#nextKey(name);
    this.#run.recorded.enter(key);
    return key;
  }

  #nextKey(name: string): string {
    const occurrence = (this.#occurrences.get(name) ?? 0) + 1;
    this.#occurrences.set(name, occurrence);
    return keyAt(this.path, `${name}#${occurrence}`);
  }

  #below(path: string, place: Partial<ContextPlace> = {}): PathContext<Update> {
    return new PathContext(this.#run, { ...this.#place, ...place, path });
  }

  async #runBranch<T>(
    branch: Branch<T, Update>,
    path: string,
    cancellation: Cancellation,
  ): Promise<Settled<T>> {
    const context = this.#below(path, { cancellation, isForked: true });
    try {
      const value = await context.#operations.finish(path, undefined, () => branch.run(context));
      return { kind: "completed", value };
    } catch (thrown) {
      if (isRelease(thrown) || !(thrown instanceof ExecutionFailure)) throw thrown;
      return { kind: "failed", error: toExecutionError(thrown) };
    }
  }

  #recordedBranch<T>(key: string): Settled<T> | undefined {
    const outcome = this.#run.recorded.outcome(key);
    return outcome.kind === "ended" ? settledOf<T>(outcome.row) : undefined;
  }
}

function turnOf<T>(
  row: Extract<JournalRow, { type: "done" | "failed" | "cancelled" }>,
): LoopTurn<T> {
  if (row.type === "done") return row.value as LoopTurn<T>;
  throw failureOf(row);
}
