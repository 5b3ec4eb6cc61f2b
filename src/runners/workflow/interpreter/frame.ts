import type { Json } from "../../../contract/json.ts";
import type { Task, TaskList } from "../../../workflow/definition/task.ts";
import type { Pace } from "../../../system/pace.ts";
import type { WorkflowDefinition } from "../../../workflow/definition/workflow-definition.ts";
import type { DurableContext } from "../../durable/durable-context.ts";
import type { WorkflowHost } from "../workflow-host.ts";
import type { WorkflowUpdate } from "../workflow-update.ts";

export type WorkflowContext = DurableContext<WorkflowUpdate>;

/** What all tasks of a run share. */
export interface RunState {
  readonly definition: WorkflowDefinition;
  readonly host: WorkflowHost;
  /** `$workflow` and `$runtime`. */
  readonly constants: { readonly [name: string]: Json };
  /** Whether an expression anywhere asks when a task started. */
  readonly needsStartTimes: boolean;
  /** Of the whole run, as a loop runs many short lists: the main loop of a runner must not be kept. */
  readonly pace: Pace;
  readonly runList: RunList;
  readonly runTask: RunTask;
}

/** Where a task runs: its context, and the variables that tasks around it set. */
export interface Frame {
  readonly run: RunState;
  readonly durable: WorkflowContext;
  readonly variables: Readonly<Record<string, Json>>;
  /** Of the retry that it stands in, from 1. */
  readonly attempt: number;
  /** Functions around it: more is a recursion without end. */
  readonly depth: number;
  /** Tasks of extensions are not extended themselves. */
  readonly isExtension: boolean;
}

/** Data on its way through the tasks. */
export interface Flow {
  readonly data: Json;
  /** `$context`: what the last `export` made. */
  readonly context: Json;
}

/** How a list ended: behind its last task, by `exit`, or with the whole workflow. */
export type Directive = "continue" | "exit" | "end";

export interface ListResult extends Flow {
  readonly directive: Directive;
}

export interface TaskResult extends Flow {
  /** `continue`, `exit`, `end`, or a task of the list. */
  readonly next: string;
}

export type RunList = (frame: Frame, list: TaskList, flow: Flow) => Promise<ListResult>;
export type RunTask = (frame: Frame, task: Task, flow: Flow) => Promise<TaskResult>;

/** What a kind of task does, with its input transformed. */
export interface Visit {
  readonly frame: Frame;
  readonly task: Task;
  /** Transformed input: `$input`. */
  readonly input: Json;
  readonly context: Json;
  /** `$task`. */
  readonly about: { readonly [name: string]: Json };
}

/** What a kind of task did: raw output, and what it changed besides. */
export interface Done {
  readonly output: Json;
  /** Absent: unchanged. */
  readonly context?: Json;
  /** Absent: as `then` of the task says. */
  readonly next?: string | undefined;
}

/** The durable name of a task: no slash, no brackets. */
export function durableName(task: Pick<Task, "name">): string {
  return encodeURIComponent(task.name);
}

/** The frame below an operation of the durable context. */
export function within(
  frame: Frame,
  durable: WorkflowContext,
  variables: Frame["variables"] = {},
): Frame {
  return { ...frame, durable, variables: { ...frame.variables, ...variables } };
}

/** What a list that ended is to the task around it. */
export function doneOf({ data, context, directive }: ListResult): Done {
  return { output: data, context, ...(directive === "end" ? { next: "end" } : {}) };
}
