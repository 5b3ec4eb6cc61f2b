import type { TrialTask } from "../../../workflow/trial/trial-protocol.ts";
import type { TaskUpdate } from "../workflow-update.ts";

/** What became of each visit of a task, in the order in which they started. */
export function taskRecords(updates: readonly TaskUpdate[], startMs: number): TrialTask[] {
  const visits = new Map<string, TrialTask>();
  for (const update of updates)
    visits.set(update.id, merged(visits.get(update.id), update, startMs));
  return [...visits.values()];
}

function merged(before: TrialTask | undefined, update: TaskUpdate, startMs: number): TrialTask {
  const { name, pointer, kind, phase, attempt, input, output, error } = update;
  const atMs = update.atMs - startMs;
  const isOver = phase !== "running" && phase !== "waiting";
  return {
    name,
    pointer,
    kind,
    atMs,
    ...before,
    phase,
    attempt,
    ...(isOver ? { endedMs: atMs } : {}),
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error: { ...error } }),
  };
}
