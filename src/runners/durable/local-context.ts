import type { DurableContext } from "./durable-context.ts";
import { LocalRun, type LocalRunOptions, type PendingSignal } from "./local-run.ts";
import { PathContext } from "./path-context.ts";
import type { Suspension } from "./release.ts";

/** The context of a whole execution, and what its runner does with it. */
export class LocalContext<Update> extends PathContext<Update> implements DurableContext<Update> {
  readonly #run: LocalRun<Update>;

  constructor(options: LocalRunOptions<Update>) {
    const run = new LocalRun(options);
    super(run, { path: "", cancellation: run.cancellation, isForked: false });
    this.#run = run;
  }

  /** Makes the next operation throw and aborts the running effects. */
  cancel(reason: string): void {
    this.#run.cancel(reason);
  }

  /** Aborts everything; nothing more is written. */
  loseLease(reason: string): void {
    this.#run.loseLease(reason);
  }

  /** Starts no further operation; what runs may end. */
  drain(): void {
    this.#run.drain();
  }

  /** A signal that came while the execution is held. */
  deliver(signal: PendingSignal): void {
    this.#run.deliver(signal);
  }

  /** Writes what is left without giving the lease back. */
  flush(): Promise<void> {
    return this.#run.flush();
  }

  /** Writes the last batch; the lease ends with it. */
  end(): Promise<void> {
    return this.#run.end();
  }

  suspend(suspension: Suspension): Promise<void> {
    return this.#run.suspend(suspension);
  }

  /** Like `report`, for what belongs to this lease and not to the replayed code. */
  reportOnce(key: string, update: Update): void {
    this.#run.addUpdate(key, update);
  }
}
