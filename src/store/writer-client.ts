import { StigmerError } from "../contract/errors.ts";
import { errorFromWire, type ErrorWire } from "./error-wire.ts";
import type { Write } from "./operations/operations.ts";
import type { Logger } from "../system/log.ts";
import type { Change } from "./transaction.ts";
import { WriteQueue } from "./write-queue.ts";
import type { WireOutcome, WriterAnswer, WriterRequest } from "./writer-protocol.ts";

export interface WriterClientOptions {
  readonly file: string;
  readonly log: Logger;
  /** URL of the thread's entry. */
  readonly location: string;
  onCommitted(changes: readonly Change[]): void;
  /** Called once, when no further write is possible. */
  onFailed(error: StigmerError): void;
}

type State =
  | { readonly kind: "writable" }
  | { readonly kind: "closing" }
  | { readonly kind: "failed"; readonly error: StigmerError };

/** The main thread's end of the writer: forms groups, one under way at a time, and settles them. */
export class WriterClient implements AsyncDisposable {
  private readonly worker: Worker;
  private readonly queue = new WriteQueue();
  private readonly opening = Promise.withResolvers<void>();
  private readonly drained = Promise.withResolvers<void>();
  private readonly closed = Promise.withResolvers<void>();
  private state: State = { kind: "writable" };
  private scheduled = false;

  private constructor(private readonly options: WriterClientOptions) {
    this.worker = new Worker(options.location);
    this.worker.addEventListener("message", (event: MessageEvent<WriterAnswer>) => {
      this.receive(event.data);
    });
    this.worker.addEventListener("error", (event) => this.died(event.message));
    this.worker.addEventListener("close", () => this.died("its thread ended"));
    this.send({ kind: "open", file: options.file });
  }

  /** Throws what opening the file throws: `newer-data`, `data-loss`, `unavailable`. */
  static async start(options: WriterClientOptions): Promise<WriterClient> {
    const client = new WriterClient(options);
    try {
      await client.opening.promise;
      return client;
    } catch (thrown) {
      client.worker.terminate();
      throw thrown;
    }
  }

  get failure(): StigmerError | undefined {
    return this.state.kind === "failed" ? this.state.error : undefined;
  }

  /** The output of the write, once it is durable. */
  write(write: Write): Promise<unknown> {
    if (this.state.kind === "failed") return Promise.reject(this.state.error);
    if (this.state.kind === "closing") return Promise.reject(closedError());
    const output = this.queue.add(write);
    this.schedule();
    return output;
  }

  /** Refuses further writes from now on; resolves when everything queued is answered. */
  drain(): Promise<void> {
    if (this.state.kind === "writable") this.state = { kind: "closing" };
    this.dispatch();
    return this.drained.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
    if (this.state.kind === "closing") {
      this.send({ kind: "close" });
      await this.closed.promise;
    }
    this.worker.terminate();
  }

  /** After the events of this turn of the loop, so that what they write together is one group. */
  private schedule(): void {
    if (this.scheduled || this.queue.isBusy) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    if (this.state.kind === "failed" || this.queue.isBusy) return;
    const writes = this.queue.takeGroup();
    if (writes.length > 0) this.send({ kind: "commit", writes });
    else if (this.state.kind === "closing") this.drained.resolve();
  }

  private receive(answer: WriterAnswer): void {
    if (answer.kind === "opened") this.opening.resolve();
    else if (answer.kind === "refused") this.opening.reject(errorFromWire(answer.error));
    else if (answer.kind === "committed") this.committed(answer.outcomes, answer.changes);
    else if (answer.kind === "lost") this.lost(answer.error);
    else if (answer.kind === "read-only") this.fail(errorFromWire(answer.error));
    else if (answer.kind === "checkpoint-failed") this.checkpointFailed(answer.error);
    else this.closed.resolve();
  }

  private committed(outcomes: readonly WireOutcome[], changes: readonly Change[]): void {
    this.options.onCommitted(changes);
    this.queue.settleGroup(outcomes);
    this.next();
  }

  private lost(error: ErrorWire): void {
    const lost = errorFromWire(error);
    this.options.log.error("a group of writes was not stored", { error: lost });
    this.queue.rejectGroup(lost);
    this.next();
  }

  /** While the store closes nothing more is added, so there is nothing to wait for. */
  private next(): void {
    if (this.state.kind === "closing") this.dispatch();
    else if (!this.queue.isEmpty) this.schedule();
  }

  private checkpointFailed(error: ErrorWire): void {
    this.options.log.warn("the write-ahead log could not be moved into the store's file", {
      error: errorFromWire(error),
    });
  }

  private died(reason: string): void {
    const error = new StigmerError("unavailable", `the store's writer has stopped: ${reason}`, {
      hint: "restart the daemon: stigmer local stop && stigmer local start",
    });
    this.opening.reject(error);
    this.fail(error);
  }

  private fail(error: StigmerError): void {
    this.drained.resolve();
    this.closed.resolve();
    if (this.state.kind === "failed") return;
    const wasClosing = this.state.kind === "closing";
    this.state = { kind: "failed", error };
    this.queue.rejectAll(error);
    if (wasClosing) return;
    this.options.log.error("the store accepts no more writes", { error });
    this.options.onFailed(error);
  }

  private send(request: WriterRequest): void {
    this.worker.postMessage(request);
  }
}

function closedError(): StigmerError {
  return new StigmerError("unavailable", "the store is closed");
}
