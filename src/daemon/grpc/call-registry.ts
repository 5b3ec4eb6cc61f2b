import { StigmerError } from "../../contract/errors.ts";
import { OpenCall, type OpenCallOptions } from "./open-call.ts";

/** How long a stream may take to say its last word when the daemon stops. */
const lastWordMs = 200;

/** The calls that are being answered, so that a stop can end those that never end themselves. */
export class CallRegistry {
  readonly #streams = new Set<OpenCall>();
  readonly #stopping = new AbortController();

  /** Aborted when no new calls are let in. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** @throws StigmerError unavailable once the daemon is stopping */
  open(options: OpenCallOptions): OpenCall {
    if (this.stopping.aborted) throw stoppingError();
    return new OpenCall(options);
  }

  /** Ends the call when the daemon stops; for streams, which may have no end of their own. */
  endOnStop(call: OpenCall): Disposable {
    this.#streams.add(call);
    return { [Symbol.dispose]: () => void this.#streams.delete(call) };
  }

  /** Lets no new call in and ends the streams; calls with one answer go on. */
  stop(): void {
    this.#stopping.abort();
    for (const stream of this.#streams) stream.end(stoppingError(), lastWordMs);
  }
}

function stoppingError(): StigmerError {
  return new StigmerError("unavailable", "the daemon is stopping", {
    hint: "try again in a moment",
  });
}
