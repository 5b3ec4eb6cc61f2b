import { StigmerError } from "../contract/errors.ts";
import { exitCodes } from "./exit-codes.ts";

export type InterruptionSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

const exitCodeOfSignal = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hungUp,
} as const satisfies Record<InterruptionSignal, number>;

const signals = Object.keys(exitCodeOfSignal) as InterruptionSignal[];

/**
 * Listens to the signals that end a command. The first one aborts {@link signal}, so that the
 * command can clean up; the second one resolves {@link forced}.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #forced = Promise.withResolvers<number>();
  readonly #handlers = signals.map((name) => [name, () => this.#receive(name)] as const);
  #received: InterruptionSignal | undefined;
  #onInterrupt: (() => void) | undefined;

  constructor() {
    for (const [name, handler] of this.#handlers) process.on(name, handler);
  }

  [Symbol.dispose](): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get received(): InterruptionSignal | undefined {
    return this.#received;
  }

  /** Exit code of the signal that came, if one came. */
  get exitCode(): number | undefined {
    return this.#received === undefined ? undefined : exitCodeOfSignal[this.#received];
  }

  /** Resolves with the exit code when a second signal says that the user will not wait. */
  get forced(): Promise<number> {
    return this.#forced.promise;
  }

  /**
   * Makes the next signals of the terminal's key those of one part of a command: a chat cancels an
   * answer and goes on. Dispose it to listen for the whole command again.
   */
  intercept(onInterrupt: () => void): Disposable {
    const previous = this.#onInterrupt;
    this.#onInterrupt = onInterrupt;
    return {
      [Symbol.dispose]: () => {
        this.#onInterrupt = previous;
      },
    };
  }

  #receive(name: InterruptionSignal): void {
    if (name === "SIGINT" && this.#onInterrupt) return this.#onInterrupt();
    if (this.#received !== undefined) {
      this.#forced.resolve(exitCodeOfSignal[name]);
      return;
    }
    this.#received = name;
    this.#controller.abort(new StigmerError("cancelled", `Interrupted by ${name}.`));
  }
}
