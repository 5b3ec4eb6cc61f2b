import { create, fromBinary, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs, type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Json } from "../../contract/json.ts";
import {
  type WorkflowExecutionEvent,
  WorkflowExecutionEventSchema,
} from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/event_pb.ts";
import {
  TaskCountsSchema,
  type TaskCounts,
  type WorkflowError,
  WorkflowErrorSchema,
  type WorkflowExecutionStatus,
} from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/status_pb.ts";
import {
  TaskPhase,
  type WorkflowTask,
  WorkflowTaskSchema,
} from "../../contract/gen/ai/stigmer/agentic/workflowexecution/v1/task_pb.ts";
import type { ExecutionRecord, RecordedUpdate } from "../execution-journal.ts";
import type { WorkflowErrorValue } from "./workflow-failure.ts";
import type { TaskUpdate } from "./workflow-update.ts";

/** The status belongs to a lease, tasks to the run. */
export type RecordedChange = TaskUpdate | WorkflowExecutionStatus;

/** Bytes of JSON that stand in a row or a status; more is kept as an artifact. */
const inlineBytes = 16_384;

/** A value, or the SHA-256 of the artifact that holds it. */
export type KeptValue =
  | { readonly kind: "inline"; readonly value: Value }
  | { readonly kind: "artifact"; readonly sha256: string };

/** Keeps bytes under their SHA-256, which it returns. */
export type KeepBytes = (bytes: Uint8Array) => Promise<string>;

/** The tasks of a run as rows, and their number in its status. */
export class WorkflowRecord implements ExecutionRecord<RecordedChange> {
  readonly #status: WorkflowExecutionStatus;
  readonly #counts: TaskCounts;
  readonly #keep: KeepBytes;
  /** Visits that have not ended, by their id. */
  readonly #open = new Map<string, WorkflowTask>();

  constructor(status: WorkflowExecutionStatus, keep: KeepBytes) {
    this.#status = status;
    this.#counts = status.tasks ??= create(TaskCountsSchema);
    this.#keep = keep;
  }

  async record(change: RecordedChange, sequence: bigint): Promise<RecordedUpdate> {
    if ("$typeName" in change) return { payload: statusEvent(change) };
    const task = this.#follow(change, sequence);
    const payload = taskEvent(task);
    const [input, output] = await Promise.all([
      this.#keepValue(change.input),
      this.#keepValue(change.output),
    ]);
    if (input?.kind === "inline") task.input = input.value;
    if (input?.kind === "artifact") task.inputArtifact = input.sha256;
    if (output?.kind === "inline") task.output = output.value;
    if (output?.kind === "artifact") task.outputArtifact = output.sha256;
    return { payload, task };
  }

  recall(payload: Uint8Array): void {
    const { event } = fromBinary(WorkflowExecutionEventSchema, payload);
    if (event.case !== "task") return;
    const task = event.value;
    if (endedCounts[task.phase] === undefined) this.#open.set(task.id, task);
    else this.#open.delete(task.id);
  }

  status(lastSequence: bigint): { case: "workflowStatus"; value: WorkflowExecutionStatus } {
    this.#status.lastSequence = lastSequence;
    return { case: "workflowStatus", value: this.#status };
  }

  async keepOutput(output: Json): Promise<void> {
    const kept = await this.#keepValue(output);
    if (kept?.kind === "inline") this.#status.output = kept.value;
    if (kept?.kind === "artifact") this.#status.outputArtifact = kept.sha256;
  }

  /** Its row as the change makes it; what is not said of it stays. */
  #follow(change: TaskUpdate, sequence: bigint): WorkflowTask {
    const known = this.#open.get(change.id);
    const task = known ?? newTask(change, sequence);
    task.phase = taskPhases[change.phase];
    task.note = change.note ?? "";
    if (change.error) task.error = toWorkflowError(change.error);
    if (!known) this.#counts.total += 1n;
    const ended = endedCounts[task.phase];
    if (ended === undefined) {
      this.#open.set(change.id, task);
    } else {
      this.#open.delete(change.id);
      task.endedAt = timestampFromMs(change.atMs);
      this.#counts[ended] += 1n;
    }
    const { total, completed, failed, skipped, cancelled } = this.#counts;
    this.#counts.running = total - completed - failed - skipped - cancelled;
    return task;
  }

  async #keepValue(value: Json | undefined): Promise<KeptValue | undefined> {
    if (value === undefined) return undefined;
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    if (bytes.length > inlineBytes) return { kind: "artifact", sha256: await this.#keep(bytes) };
    return { kind: "inline", value: fromJson(ValueSchema, value as JsonValue) };
  }
}

export function toWorkflowError(error: WorkflowErrorValue): WorkflowError {
  return create(WorkflowErrorSchema, { ...error });
}

function newTask({ id, pointer, name, kind, attempt, atMs }: TaskUpdate, sequence: bigint) {
  const startedAt = timestampFromMs(atMs);
  return create(WorkflowTaskSchema, { sequence, id, pointer, name, kind, attempt, startedAt });
}

function statusEvent(value: WorkflowExecutionStatus): Uint8Array {
  return eventBytes({ case: "status", value });
}

/** Without what may be large: subscribers get each change, and read the row when they want more. */
function taskEvent(task: WorkflowTask): Uint8Array {
  const { sequence, id, pointer, name, kind, phase, attempt, startedAt, endedAt, error, note } =
    task;
  const facts = { sequence, id, pointer, name, kind, phase, attempt, note };
  const value = create(WorkflowTaskSchema, {
    ...facts,
    ...(startedAt && { startedAt }),
    ...(endedAt && { endedAt }),
    ...(error && { error }),
  });
  return eventBytes({ case: "task", value });
}

function eventBytes(event: WorkflowExecutionEvent["event"]): Uint8Array {
  return toBinary(WorkflowExecutionEventSchema, create(WorkflowExecutionEventSchema, { event }));
}

const taskPhases = {
  running: TaskPhase.RUNNING,
  waiting: TaskPhase.WAITING,
  completed: TaskPhase.COMPLETED,
  failed: TaskPhase.FAILED,
  skipped: TaskPhase.SKIPPED,
  cancelled: TaskPhase.CANCELLED,
} as const satisfies Record<TaskUpdate["phase"], TaskPhase>;

const endedCounts: Partial<Record<TaskPhase, "completed" | "failed" | "skipped" | "cancelled">> = {
  [TaskPhase.COMPLETED]: "completed",
  [TaskPhase.FAILED]: "failed",
  [TaskPhase.SKIPPED]: "skipped",
  [TaskPhase.CANCELLED]: "cancelled",
};
