import type { ChildProcess } from "node:child_process";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { DaemonMessageSchema } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { MessageQueue } from "./message-queue.ts";

export type DaemonMessageInit = MessageInitShape<typeof DaemonMessageSchema>;

/** What a runner does. */
export type RunnerWork =
  | { readonly kind: "idle"; readonly sinceMs: number }
  /** An agent's alone, so that its secrets stay in its process; or several workflows'. */
  | { readonly kind: "executions" }
  | { readonly kind: "job"; readonly jobId: string }
  /** Was asked to end. */
  | { readonly kind: "leaving"; readonly sinceMs: number };

export interface RunnerLease {
  readonly executionId: string;
  /** 0: on its way. */
  readonly fencingToken: number;
}

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
  readonly #tokens = new Map<string, number>();

  constructor(id: string, token: string, process: ChildProcess, nowMs: number) {
    this.id = id;
    this.token = token;
    this.process = process;
    this.work = { kind: "idle", sinceMs: nowMs };
    this.lastSeenMs = nowMs;
    // A runner that dies before it says hello is reported to whoever waits; nobody may be left.
    this.connected.promise.catch(() => {});
  }

  /** Executions that it holds, or is about to. */
  get leases(): RunnerLease[] {
    return [...this.#tokens].map(([executionId, fencingToken]) => ({ executionId, fencingToken }));
  }

  send(message: DaemonMessageInit["message"]): void {
    if (message) this.outgoing.push({ message });
  }

  /** An execution is on its way here. */
  reserve(executionId: string): void {
    this.work = { kind: "executions" };
    this.#tokens.set(executionId, 0);
  }

  /** Its lease is this runner's now. */
  hold(executionId: string, fencingToken: number): void {
    this.#tokens.set(executionId, fencingToken);
  }

  /** Returns the lease that it had; without any left it is idle. */
  letGo(executionId: string): RunnerLease | undefined {
    const fencingToken = this.#tokens.get(executionId);
    if (fencingToken === undefined) return undefined;
    this.#tokens.delete(executionId);
    if (this.#tokens.size === 0 && this.work.kind === "executions")
      this.work = { kind: "idle", sinceMs: performance.now() };
    return { executionId, fencingToken };
  }

  /** Whether an execution is here, or on its way. */
  has(executionId: string): boolean {
    return this.#tokens.has(executionId);
  }

  /** Whether the lease with this token is its own. One that lost it writes into nobody's stream. */
  holds(executionId: string, fencingToken: bigint): boolean {
    return this.#tokens.get(executionId) === Number(fencingToken);
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
