import type { Signal } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";

/** An execution that this process works on. */
export interface HeldExecution {
  readonly executionId: string;
  /** Settles when the lease is given back or lost; never rejects for what the execution did. */
  readonly finished: Promise<void>;
  /** Makes its next operation throw, and aborts what runs. */
  cancel(reason: string): void;
  deliver(signal: Signal): void;
  /** Lets running effects end and be recorded, starts no other; resolves when nothing is left. */
  drain(): Promise<void>;
}
