import { clone, create } from "@bufbuild/protobuf";
import {
  type AgentExecutionEvent,
  AgentExecutionEventSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { AgentExecutionStatusSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import {
  type Claim,
  RunnerController,
  type Signal,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { DaemonLink } from "../daemon-link.ts";
import { LocalContext } from "../durable/local-context.ts";
import { Drained, LeaseLost, OrderViolation, Suspended } from "../durable/release.ts";
import { ExecutionControl, toPendingSignal } from "../execution-control.ts";
import { ExecutionJournal, holderOf } from "../execution-journal.ts";
import type { HeldExecution } from "../held-execution.ts";
import { agentRecord } from "./agent-record.ts";
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
export class RunningExecution implements HeldExecution {
  readonly executionId: string;
  readonly finished: Promise<void>;
  readonly #claim: Claim;
  readonly #link: DaemonLink;
  readonly #host: RunnerHost;
  readonly #status: RunStatus;
  readonly #control: ExecutionControl<AgentExecutionEvent>;

  constructor(claim: Claim, link: DaemonLink, host: RunnerHost) {
    this.executionId = claim.executionId;
    this.#claim = claim;
    this.#link = link;
    this.#host = host;
    this.#control = new ExecutionControl(claim);
    this.#status = new RunStatus(
      claim.execution.case === "agentExecution" ? claim.execution.value.status : undefined,
    );
    this.finished = this.#work();
  }

  cancel(reason: string): void {
    this.#control.cancel(reason);
  }

  deliver(signal: Signal): void {
    this.#control.deliver(signal);
  }

  async drain(): Promise<void> {
    this.#control.drain();
    await this.finished;
  }

  async #work(): Promise<void> {
    const record = agentRecord(this.#status);
    const journal = new ExecutionJournal(this.#link, this.#claim, record);
    const [recorded, history] = await Promise.all([journal.read(), this.#readHistory()]);
    const context = new LocalContext<AgentExecutionEvent>({
      executionId: this.executionId,
      recorded,
      lastSequence: Number(this.#claim.lastSequence),
      signals: this.#claim.signals.map(toPendingSignal),
      sink: journal,
      updateName: (update) => update.event.case ?? "update",
      clock: Date.now,
    });
    this.#control.attach(context);
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
