import type { Json } from "../../contract/json.ts";
import type { TaskKind } from "../../workflow/definition/task.ts";
import type { WorkflowErrorValue } from "./workflow-failure.ts";

export type TaskPhase = "running" | "waiting" | "completed" | "failed" | "skipped" | "cancelled";

/** What became of one visit of a task. */
export interface TaskUpdate {
  /** Tells visits apart: where the task stands in the run, with its iterations. */
  readonly id: string;
  /** JSON pointer of the task in the definition. */
  readonly pointer: string;
  readonly name: string;
  readonly kind: TaskKind;
  readonly phase: TaskPhase;
  /** From 1; more for what a retry runs again. */
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: WorkflowErrorValue;
  /** What it waits for, or why it was skipped. */
  readonly note?: string;
}

export type WorkflowUpdate = TaskUpdate;
