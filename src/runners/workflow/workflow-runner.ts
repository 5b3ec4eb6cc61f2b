import { clone, create, toJson } from "@bufbuild/protobuf";
import { timestampFromMs, ValueSchema } from "@bufbuild/protobuf/wkt";
import { StigmerError } from "../../contract/errors.ts";
import type { Claim, Signal } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { WorkflowSpecSchema } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import {
  type WorkflowExecutionStatus,
  WorkflowExecutionStatusSchema,
} from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/status_pb.ts";
import {
  ExecutionPhase,
  WaitReasonSchema,
} from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { Json } from "../../contract/json.ts";
import { version } from "../../system/version.ts";
import type { WorkflowDefinition } from "../../workflow/definition/workflow-definition.ts";
import { standardErrorType, standardStatus } from "../../workflow/definition/error.ts";
import { readWorkflow } from "../../workflow/read-workflow.ts";
import { workflowDocumentOf } from "../../workflow/workflow-document.ts";
import type { DaemonLink } from "../daemon-link.ts";
import { LocalContext } from "../durable/local-context.ts";
import {
  Drained,
  LeaseLost,
  OrderViolation,
  Suspended,
  type Suspension,
} from "../durable/release.ts";
import { ExecutionControl, toPendingSignal } from "../execution-control.ts";
import { ExecutionJournal, holderOf } from "../execution-journal.ts";
import type { HeldExecution } from "../held-execution.ts";
import { writeArtifact } from "../runner-artifacts.ts";
import { runWorkflow, type WorkflowOutcome } from "./interpreter/run-workflow.ts";
import type { WorkflowHost } from "./workflow-host.ts";
import { publishedEvents } from "./published-events.ts";
import { type RecordedChange, toWorkflowError, WorkflowRecord } from "./workflow-record.ts";

export interface WorkflowRunnerOptions {
  readonly claim: Claim;
  readonly link: DaemonLink;
  /** What the tasks of this execution can do in the world. */
  readonly hostOf: (claim: Claim, definition: WorkflowDefinition) => WorkflowHost;
}

/** Runs, or resumes, the workflow that was claimed, until it ends, waits or is taken away. */
export class RunningWorkflow implements HeldExecution {
  readonly executionId: string;
  readonly finished: Promise<void>;
  readonly #options: WorkflowRunnerOptions;
  readonly #control: ExecutionControl<RecordedChange>;
  readonly #status: WorkflowExecutionStatus;
  readonly #record: WorkflowRecord;

  constructor(options: WorkflowRunnerOptions) {
    const { claim, link } = options;
    this.#options = options;
    this.executionId = claim.executionId;
    this.#control = new ExecutionControl(claim);
    this.#status = statusOf(claim);
    this.#record = new WorkflowRecord(this.#status, (bytes) =>
      writeArtifact(link.channel, holderOf(claim), bytes),
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
    const { claim, link } = this.#options;
    const journal = new ExecutionJournal(link, claim, this.#record);
    const context = new LocalContext<RecordedChange>({
      executionId: this.executionId,
      recorded: await journal.read(),
      lastSequence: Number(claim.lastSequence),
      signals: claim.signals.map(toPendingSignal),
      sink: journal,
      events: publishedEvents(link.channel, holderOf(claim)),
      updateName: (change) => ("$typeName" in change ? "status" : "task"),
      clock: Date.now,
    });
    this.#control.attach(context);
    this.#start();
    this.#reportStatus(context, "start");
    await this.#settle(context);
  }

  async #settle(context: LocalContext<RecordedChange>): Promise<void> {
    try {
      await this.#end(await this.#outcome(context));
      this.#reportStatus(context, "end");
      await context.end();
    } catch (thrown) {
      if (thrown instanceof LeaseLost) return;
      if (thrown instanceof Drained) return await context.flush();
      if (!(thrown instanceof Suspended)) throw thrown;
      this.#wait(thrown.suspension);
      this.#reportStatus(context, "wait");
      await context.suspend(thrown.suspension);
    }
  }

  async #outcome(context: LocalContext<RecordedChange>): Promise<WorkflowOutcome> {
    const { claim, hostOf } = this.#options;
    const definition = definitionOf(claim);
    const host = hostOf(claim, definition);
    try {
      return await runWorkflow({ context, definition, input: inputOf(claim), host, version });
    } catch (thrown) {
      if (!(thrown instanceof OrderViolation)) throw thrown;
      const detail = `${thrown.message}. This is a defect of stigmer: please report it.`;
      const { runtime: status } = standardStatus;
      return { kind: "failed", error: { type: standardErrorType("runtime"), status, detail } };
    }
  }

  #start(): void {
    const status = this.#status;
    status.phase = ExecutionPhase.EXECUTION_RUNNING;
    status.startedAt ??= timestampFromMs(Date.now());
    status.attempts += 1;
    delete status.waiting;
  }

  #wait({ wakeAtMs, topic, events }: Suspension): void {
    const what = [
      ...(wakeAtMs === undefined ? [] : ["a time"]),
      ...(topic === undefined ? [] : [topic === "*" ? "signals" : `the signal ${topic}`]),
      ...(events === undefined ? [] : ["events"]),
    ];
    this.#status.phase = ExecutionPhase.EXECUTION_WAITING;
    this.#status.waiting = create(WaitReasonSchema, {
      reason: `waits for ${what.join(" or ")}`,
      ...(wakeAtMs === undefined ? {} : { until: timestampFromMs(wakeAtMs) }),
    });
  }

  async #end(outcome: WorkflowOutcome): Promise<void> {
    const status = this.#status;
    status.endedAt = timestampFromMs(Date.now());
    status.phase = endPhases[outcome.kind];
    if (outcome.kind === "completed") await this.#record.keepOutput(outcome.output);
    if (outcome.kind === "failed") status.error = toWorkflowError(outcome.error);
  }

  /** Phases belong to this lease and not to the replayed code. */
  #reportStatus(context: LocalContext<RecordedChange>, moment: string): void {
    const { fencingToken } = this.#options.claim;
    const status = clone(WorkflowExecutionStatusSchema, this.#status);
    context.reportOnce(`status@${fencingToken}/${moment}`, status);
  }
}

const endPhases = {
  completed: ExecutionPhase.EXECUTION_COMPLETED,
  failed: ExecutionPhase.EXECUTION_FAILED,
  cancelled: ExecutionPhase.EXECUTION_CANCELLED,
} as const satisfies Record<WorkflowOutcome["kind"], ExecutionPhase>;

function statusOf({ execution }: Claim): WorkflowExecutionStatus {
  const stored = execution.case === "workflowExecution" ? execution.value.status : undefined;
  return stored
    ? clone(WorkflowExecutionStatusSchema, stored)
    : create(WorkflowExecutionStatusSchema);
}

/** The daemon checked it before it pinned it. */
function definitionOf({ executionId, workflow }: Claim): WorkflowDefinition {
  const spec = workflow ?? create(WorkflowSpecSchema);
  const { definition, findings } = readWorkflow(workflowDocumentOf(spec));
  if (definition) return definition;
  const found = findings.map(({ pointer, message }) => `${pointer} ${message}`).join("; ");
  throw new StigmerError("data-loss", `the definition of ${executionId} cannot be read: ${found}`);
}

function inputOf({ execution }: Claim): Json {
  const input = execution.case === "workflowExecution" ? execution.value.spec?.input : undefined;
  return input ? (toJson(ValueSchema, input) as Json) : {};
}
