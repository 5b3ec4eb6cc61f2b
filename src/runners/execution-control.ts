import type { LocalContext } from "./durable/local-context.ts";
import type { PendingSignal } from "./durable/local-run.ts";
import type { Claim, Signal } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";

/** What a daemon says to an execution that is held; kept until its context is open. */
export class ExecutionControl<Update> {
  readonly #waiting: PendingSignal[] = [];
  #context: LocalContext<Update> | undefined;
  #cancelReason: string | undefined;
  #isDraining = false;

  constructor(claim: Claim) {
    this.#cancelReason = claim.cancelRequested ? claim.cancelReason : undefined;
  }

  /** From here on it is told at once. */
  attach(context: LocalContext<Update>): void {
    this.#context = context;
    for (const signal of this.#waiting) context.deliver(signal);
    if (this.#cancelReason !== undefined) context.cancel(this.#cancelReason);
    if (this.#isDraining) context.drain();
  }

  cancel(reason: string): void {
    this.#cancelReason ??= reason;
    this.#context?.cancel(reason);
  }

  drain(): void {
    this.#isDraining = true;
    this.#context?.drain();
  }

  deliver(signal: Signal): void {
    if (this.#context) this.#context.deliver(toPendingSignal(signal));
    else this.#waiting.push(toPendingSignal(signal));
  }
}

export function toPendingSignal({ id, topic, payload }: Signal): PendingSignal {
  const text = new TextDecoder().decode(payload);
  return { id, topic, payload: text === "" ? null : JSON.parse(text) };
}
