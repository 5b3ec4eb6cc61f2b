import { firstOf, Suspended, type Suspension } from "./release.ts";
import type { Timers } from "./timers.ts";

/** A strand that waits, and how it goes on. */
interface Parked {
  readonly suspension: Suspension;
  readonly woken: PromiseWithResolvers<void>;
}

/**
 * The strands of an execution: one, and more while a fork runs. While any of them works, those that
 * wait stay in memory; when all wait, the execution is suspended.
 */
export class Strands {
  readonly #parked = new Set<Parked>();
  readonly #timers: Timers;
  #running = 1;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Some start or end; when only waiting ones are left, the execution is suspended. */
  change(by: number): void {
    this.#running += by;
    this.#suspendIdle();
  }

  /**
   * Resolves when it is time to look again. @throws Suspended when nothing else works
   *
   * @param lookAfterMs when to look again while something else works
   */
  async park(suspension: Suspension, clock: () => number, lookAfterMs?: number): Promise<void> {
    const parked: Parked = { suspension, woken: Promise.withResolvers() };
    this.#parked.add(parked);
    const { wakeAtMs = lookAfterMs === undefined ? undefined : clock() + lookAfterMs } = suspension;
    const stop =
      wakeAtMs === undefined
        ? undefined
        : this.#timers.after(wakeAtMs - clock(), () => this.#unpark(parked));
    try {
      this.#suspendIdle();
      await parked.woken.promise;
    } finally {
      stop?.();
      this.#parked.delete(parked);
    }
  }

  /** Something came that a strand may wait for. */
  wake(topic: string): void {
    for (const parked of this.#parked) {
      if (parked.suspension.topic === topic) this.#unpark(parked);
    }
  }

  /** Everybody looks again: something ends them. */
  wakeAll(): void {
    for (const parked of this.#parked) this.#unpark(parked);
  }

  /** From now on it works. */
  #unpark(parked: Parked): void {
    this.#parked.delete(parked);
    parked.woken.resolve();
  }

  #suspendIdle(): void {
    if (this.#running === 0 || this.#parked.size < this.#running) return;
    const suspended = new Suspended(firstOf([...this.#parked].map((parked) => parked.suspension)));
    for (const { woken } of this.#parked) woken.reject(suspended);
  }
}
