import type { Json } from "../../contract/json.ts";
import type { TrialRecord, TrialTask } from "../../workflow/trial/trial-protocol.ts";
import { isoDuration } from "./iso-duration.ts";

/** What `holds` sees of a run as `.`: as the journal, with numbers to reckon with. */
export function recordView(record: TrialRecord): Json {
  const { tookMs, emitted, calls } = record;
  const names = [...new Set(calls.map(({ task }) => task))];
  return {
    ...outcomeView(record),
    took: isoDuration(tookMs),
    tookMs,
    tasks: record.tasks.map((task) => ({
      ...taskView(task),
      pointer: task.pointer,
      atMs: task.atMs,
    })),
    calls: Object.fromEntries(
      names.map((name) => [
        name,
        calls.filter(({ task }) => task === name).map(({ sent }) => sent),
      ]),
    ),
    emitted,
  };
}

/** A run as it is kept to be compared: nothing in it changes from run to run. */
export function journalView(record: TrialRecord): Json {
  const { tookMs, tasks, calls, emitted } = record;
  return {
    ...outcomeView(record),
    took: isoDuration(tookMs),
    tasks: tasks.map(taskView),
    ...(calls.length === 0
      ? {}
      : { calls: calls.map(({ task, atMs, sent }) => ({ task, at: isoDuration(atMs), sent })) }),
    ...(emitted.length === 0 ? {} : { emitted }),
  };
}

function outcomeView({ outcome }: TrialRecord): Record<string, Json> {
  if (outcome.kind === "completed") return { output: outcome.output };
  return outcome.kind === "failed" ? { error: outcome.error } : {};
}

function taskView(task: TrialTask): Record<string, Json> {
  const { name, kind, phase, attempt, atMs, endedMs, input, output, error } = task;
  return {
    task: name,
    kind,
    phase,
    ...(attempt === 1 ? {} : { attempt }),
    at: isoDuration(atMs),
    ...(endedMs === undefined ? {} : { took: isoDuration(endedMs - atMs) }),
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
  };
}
