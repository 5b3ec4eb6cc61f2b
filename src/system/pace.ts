import { setImmediate as nextTurn } from "node:timers/promises";

/** Shorter than anybody notices; long enough that giving way costs nothing. */
const turnMs = 10;

/** Lets others work in between, for whoever has much to do on the thread that answers calls. */
export class Pace {
  #since = performance.now();

  /** Call it between two pieces of the work. Throws the reason of the signal once it is aborted. */
  async rest(signal?: AbortSignal): Promise<void> {
    if (performance.now() - this.#since < turnMs) return;
    await nextTurn();
    signal?.throwIfAborted();
    this.#since = performance.now();
  }
}
