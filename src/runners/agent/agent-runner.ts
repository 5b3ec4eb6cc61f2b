import { clone, create } from "@bufbuild/protobuf";
import {
  type AgentExecution,
  AgentExecutionSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import {
  type AgentExecutionEvent,
  AgentExecutionEventSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { AgentExecutionStatusSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import {
  type Claim,
  RunnerController,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { DaemonLink } from "../daemon-link.ts";
import { LocalContext } from "../durable/local-context.ts";
import type { PendingSignal } from "../durable/local-run.ts";
import { Drained, LeaseLost, OrderViolation, Suspended } from "../durable/release.ts";
import { ExecutionJournal, holderOf } from "../execution-journal.ts";
import { runAgentLoop } from "./agent-loop.ts";
import type { AgentOutcome } from "./agent-outcome.ts";
import type { AgentRun } from "./agent-run.ts";
import { assembleRun } from "./assemble-run.ts";
import { closeOpenCalls } from "./close-open-calls.ts";
import { DeltaStream } from "./delta-stream.ts";
import { fromAgentMessage } from "./message-mapping.ts";
import type { ConversationMessage } from "./models/conversation.ts";
import type { RunnerHost } from "./runner-host.ts";
import { RunStatus } from "./run-status.ts";

/** Runs, or resumes, the execution that was claimed, until it ends, waits or is taken away. */
export class RunningExecution {
  readonly executionId: string;
  /** Settles when the lease is given back or lost; never rejects for what the agent did. */
  readonly finished: Promise<void>;
  readonly #claim: Claim;
  readonly #link: DaemonLink;
  readonly #host: RunnerHost;
  readonly #execution: AgentExecution;
  readonly #status: RunStatus;
  #context: LocalContext<AgentExecutionEvent> | undefined;
  #cancelReason: string | undefined;
  #isDraining = false;

  constructor(claim: Claim, link: DaemonLink, host: RunnerHost) {
    this.executionId = claim.executionId;
    this.#claim = claim;
    this.#link = link;
    this.#host = host;
    this.#cancelReason = claim.cancelRequested ? claim.cancelReason : undefined;
    this.#execution = claim.execution
      ? clone(AgentExecutionSchema, claim.execution)
      : create(AgentExecutionSchema);
    this.#status = new RunStatus(this.#execution.status);
    this.#execution.status = this.#status.status;
    this.finished = this.#work();
  }

  /** Makes the next operation of the agent throw, and aborts what runs. */
  cancel(reason: string): void {
    this.#cancelReason ??= reason;
    this.#context?.cancel(reason);
  }

  /** Lets running effects end and be recorded, starts no other; resolves when nothing is left. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#context?.drain();
    await this.finished;
  }

  async #work(): Promise<void> {
    const journal = new ExecutionJournal(this.#link, this.#claim, () => this.#execution);
    const [recorded, history] = await Promise.all([journal.read(), this.#readHistory()]);
    const context = new LocalContext<AgentExecutionEvent>({
      executionId: this.executionId,
      recorded,
      lastSequence: Number(this.#claim.lastSequence),
      signals: this.#claim.signals.map(toSignal),
      sink: journal,
      updateName: (update) => update.event.case ?? "update",
      clock: Date.now,
    });
    this.#context = context;
    if (this.#cancelReason !== undefined) context.cancel(this.#cancelReason);
    if (this.#isDraining) context.drain();
    this.#status.start(Date.now());
    this.#reportStatus(context, "start");
    using deltas = this.#deltaStream();
    await using assembled = await assembleRun({
      claim: this.#claim,
      link: this.#link,
      host: this.#host,
      context,
      status: this.#status,
      history,
      deltas,
    });
    await this.#settle(context, assembled.run);
  }

  async #settle(context: LocalContext<AgentExecutionEvent>, run: AgentRun): Promise<void> {
    try {
      this.#status.end(await outcomeOf(run), Date.now());
      this.#reportStatus(context, "end");
      await context.end();
    } catch (thrown) {
      if (thrown instanceof LeaseLost) return;
      if (thrown instanceof Drained) return await context.flush();
      if (!(thrown instanceof Suspended)) throw thrown;
      this.#status.suspend(thrown.suspension.wakeAtMs);
      this.#reportStatus(context, "wait");
      await context.suspend(thrown.suspension);
    }
  }

  /** Phases belong to this lease and not to the replayed code. */
  #reportStatus(context: LocalContext<AgentExecutionEvent>, moment: string): void {
    const value = clone(AgentExecutionStatusSchema, this.#status.status);
    const event = create(AgentExecutionEventSchema, { event: { case: "status", value } });
    context.reportOnce(`status@${this.#claim.fencingToken}/${moment}`, event);
  }

  #deltaStream(): DeltaStream {
    const { executionId, fencingToken } = this.#claim;
    return new DeltaStream((delta) => {
      this.#link.send({ case: "delta", value: { executionId, fencingToken, delta } });
    });
  }

  async #readHistory(): Promise<ConversationMessage[]> {
    const messages: ConversationMessage[] = [];
    const { readConversation } = RunnerController.method;
    const stream = this.#link.channel.serverStream(readConversation, holderOf(this.#claim));
    for await (const message of stream) messages.push(fromAgentMessage(message));
    return closeOpenCalls(messages);
  }
}

async function outcomeOf(run: AgentRun): Promise<AgentOutcome> {
  try {
    return await runAgentLoop(run);
  } catch (thrown) {
    if (!(thrown instanceof OrderViolation)) throw thrown;
    const hint =
      "This is a defect of stigmer. Please report it with `stigmer execution get ID -o json`.";
    return { kind: "failed", error: { code: "internal", message: thrown.message, hint } };
  }
}

function toSignal({ id, topic, payload }: Claim["signals"][number]): PendingSignal {
  const text = new TextDecoder().decode(payload);
  return { id, topic, payload: text === "" ? null : JSON.parse(text) };
}
