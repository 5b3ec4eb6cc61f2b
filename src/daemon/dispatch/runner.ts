import type { ChildProcess } from "node:child_process";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { DaemonMessageSchema } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { MessageQueue } from "./message-queue.ts";

export type DaemonMessageInit = MessageInitShape<typeof DaemonMessageSchema>;

/** What a runner does. It works for one execution tree, so that a secret stays in its process. */
export type RunnerWork =
  | { readonly kind: "idle"; readonly sinceMs: number }
  | { readonly kind: "execution"; readonly executionId: string; readonly fencingToken: number }
  | { readonly kind: "job"; readonly jobId: string }
  /** Was asked to end. */
  | { readonly kind: "leaving"; readonly sinceMs: number };

/** A runner process that this daemon started. */
export class Runner {
  readonly id: string;
  readonly token: string;
  readonly process: ChildProcess;
  readonly outgoing = new MessageQueue<DaemonMessageInit>();
  readonly connected = Promise.withResolvers<void>();
  readonly gone = Promise.withResolvers<void>();
  work: RunnerWork;
  /** The session that it worked for: its next turn may come to the same process. */
  affinity: string | undefined;
  lastSeenMs: number;
  /** Last lines of its stderr, for the error when it dies. */
  stderrTail = "";

  constructor(id: string, token: string, process: ChildProcess, nowMs: number) {
    this.id = id;
    this.token = token;
    this.process = process;
    this.work = { kind: "idle", sinceMs: nowMs };
    this.lastSeenMs = nowMs;
    // A runner that dies before it says hello is reported to whoever waits; nobody may be left.
    this.connected.promise.catch(() => {});
  }

  send(message: DaemonMessageInit["message"]): void {
    if (message) this.outgoing.push({ message });
  }

  /** Whether the lease with this token is its own. One that lost it writes into nobody's stream. */
  holds(executionId: string, fencingToken: bigint): boolean {
    const { work } = this;
    if (work.kind !== "execution" || work.executionId !== executionId) return false;
    return work.fencingToken === Number(fencingToken);
  }

  /** The last line of its stderr: why it ended, when it did so by itself. */
  get lastWords(): string {
    return this.stderrTail.trim().split("\n").at(-1) ?? "";
  }

  /** Ends it without asking. What it started is swept afterwards. */
  kill(): void {
    this.process.kill("SIGKILL");
  }
}
