import type { TaskPhase, TaskUpdate } from "../workflow-update.ts";
import type { Visit } from "./frame.ts";

type Facts = Pick<TaskUpdate, "input" | "output" | "error" | "note">;
export type ReportTask = (phase: TaskPhase, facts: Facts) => void;

/** Reports what becomes of one visit of a task, under one id. */
export function reportTask({ frame, task }: Pick<Visit, "frame" | "task">): ReportTask {
  const { durable, run, attempt } = frame;
  const { pointer, name, body } = task;
  const id = durable.uuid("task");
  return (phase, facts) => {
    const atMs = run.host.clock();
    durable.report({ id, pointer, name, kind: body.kind, phase, attempt, atMs, ...facts });
  };
}
