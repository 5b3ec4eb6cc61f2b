import { toStigmerError } from "../contract/errors.ts";
import type { Logger } from "../system/log.ts";

/** Who wants to be told; a listener that throws is logged and keeps nobody else from hearing. */
export class Listeners<Event> {
  private readonly listeners = new Set<(event: Event) => void>();

  constructor(private readonly log: Logger) {}

  add(listener: (event: Event) => void): Disposable {
    // A wrapper of its own, so that one function added twice is told twice and ended one by one.
    const own = (event: Event): void => listener(event);
    this.listeners.add(own);
    return { [Symbol.dispose]: () => void this.listeners.delete(own) };
  }

  tell(event: Event): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (thrown) {
        this.log.error("a listener of the store failed", { error: toStigmerError(thrown) });
      }
    }
  }
}
