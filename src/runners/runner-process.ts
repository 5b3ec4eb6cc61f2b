import { readFileSync } from "node:fs";
import { Channel } from "../contract/channel.ts";
import type { Claim, Job } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { messageOf } from "../contract/errors.ts";
import { endChildren } from "../system/end-children.ts";
import { createLogger, type Logger, logLevels } from "../system/log.ts";
import { buildId } from "../system/version.ts";
import type { RunnerHost } from "./agent/runner-host.ts";
import { DaemonLink } from "./daemon-link.ts";
import type { HeldExecution } from "./held-execution.ts";
import type { WorkflowDefinition } from "../workflow/definition/workflow-definition.ts";
import type { WorkflowHost } from "./workflow/workflow-host.ts";

/** What the daemon writes to descriptor 3 of a runner: neither an argument nor a variable. */
export interface RunnerStart {
  readonly runnerId: string;
  /** `unix:/path` */
  readonly address: string;
  readonly token: string;
  readonly heartbeatMs: number;
  readonly childTag: string;
  readonly mcpFolder: string;
  readonly logLevel: string;
}

const startDescriptor = 3;

/**
 * The main function of a runner process: works for its daemon until told to stop or the daemon is
 * gone. Returns the exit code.
 */
export async function runRunner(): Promise<number> {
  const start = JSON.parse(readFileSync(startDescriptor, "utf8")) as RunnerStart;
  const log = runnerLog(start);
  using channel = new Channel({ address: start.address, token: start.token });
  const link = new DaemonLink(channel);
  const host = { childTag: start.childTag, mcpFolder: start.mcpFolder, log };
  link.send({ case: "hello", value: { runnerId: start.runnerId, buildId, pid: process.pid } });
  const heartbeat = setInterval(
    () => link.send({ case: "heartbeat", value: {} }),
    start.heartbeatMs,
  );
  try {
    await new Runner(link, host).work();
    return 0;
  } catch (thrown) {
    log.error("runner failed", { error: thrown instanceof Error ? thrown : String(thrown) });
    process.stderr.write(`${messageOf(thrown)}\n`);
    return 1;
  } finally {
    clearInterval(heartbeat);
    await endChildren(start.mcpFolder, start.childTag);
  }
}

class Runner {
  readonly #link: DaemonLink;
  readonly #host: RunnerHost;
  readonly #jobs = new Map<string, AbortController>();
  readonly #held = new Map<string, HeldExecution>();
  readonly #drained = Promise.withResolvers<void>();
  readonly #failed = Promise.withResolvers<never>();

  constructor(link: DaemonLink, host: RunnerHost) {
    this.#link = link;
    this.#host = host;
  }

  /** Resolves when it was told to end, or the daemon ended the stream; rejects when an execution broke in a way that a new runner may not. */
  async work(): Promise<void> {
    await Promise.race([this.#listen(), this.#drained.promise, this.#failed.promise]);
  }

  async #listen(): Promise<void> {
    for await (const message of this.#link.messages()) {
      switch (message.case) {
        case "claim":
          await this.#start(message.value);
          break;
        case "cancel":
          this.#held.get(message.value.executionId)?.cancel(message.value.reason);
          break;
        case "signal": {
          const { executionId, signal } = message.value;
          if (signal) this.#held.get(executionId)?.deliver(signal);
          break;
        }
        case "job":
          this.#startJob(message.value);
          break;
        case "cancelJob":
          this.#jobs.get(message.value.id)?.abort();
          break;
        case "drain":
          this.#drain();
          break;
        default:
          break;
      }
    }
  }

  /** The stream is read on: it brings the answers to the last appends, and its end when the daemon dies. */
  #drain(): void {
    const held = [...this.#held.values()];
    Promise.all(held.map((execution) => execution.drain())).then(
      () => {
        this.#link.end();
        this.#drained.resolve();
      },
      (thrown: unknown) => this.#failed.reject(thrown),
    );
  }

  async #start(claim: Claim): Promise<void> {
    const execution = await this.#open(claim);
    this.#held.set(claim.executionId, execution);
    execution.finished.then(
      () => this.#forget(execution),
      (thrown: unknown) => this.#failed.reject(thrown),
    );
  }

  async #open(claim: Claim): Promise<HeldExecution> {
    if (claim.execution.case === "workflowExecution") {
      const [{ RunningWorkflow }, { daemonHost }] = await Promise.all([
        import("./workflow/workflow-runner.ts"),
        import("./workflow/daemon-host.ts"),
      ]);
      const link = this.#link;
      const hostOf = (of: Claim, definition: WorkflowDefinition): WorkflowHost =>
        daemonHost({ claim: of, definition, channel: link.channel });
      return new RunningWorkflow({ claim, link, hostOf });
    }
    const { RunningExecution } = await import("./agent/agent-runner.ts");
    return new RunningExecution(claim, this.#link, this.#host);
  }

  /** It may have been claimed again meanwhile. */
  #forget(execution: HeldExecution): void {
    const { executionId } = execution;
    if (this.#held.get(executionId) === execution) this.#held.delete(executionId);
  }

  #startJob(job: Job): void {
    const abort = new AbortController();
    this.#jobs.set(job.id, abort);
    this.#doJob(job, abort.signal).catch((thrown: unknown) => this.#failed.reject(thrown));
  }

  async #doJob(job: Job, signal: AbortSignal): Promise<void> {
    const { runAgentJob } = await import("./agent/agent-jobs.ts");
    const value = await runAgentJob(job, this.#host, signal);
    this.#jobs.delete(job.id);
    this.#link.send({ case: "jobOutcome", value });
  }
}

/** Facts go to stdout, which the daemon keeps in its log folder. */
function runnerLog(start: RunnerStart): Logger {
  const level = logLevels.find((known) => known === start.logLevel) ?? "info";
  const sink = { write: (line: string) => void process.stdout.write(`${line}\n`) };
  return createLogger({ sink, level }, { runnerId: start.runnerId });
}
