import type { Json, JsonMap } from "../../contract/json.ts";
import type { TaskKind } from "../definition/task.ts";

/** What stands for the world when a task would do something in it. */
export interface MockAnswer {
  /** Template; `.` is what would be sent, `$visit` which call it is, from 1. Absent beside an error. */
  readonly output?: Json;
  readonly error?: MockError;
  /** How long it takes, in the time of the run. */
  readonly delayMs: number;
  /** Expression on what would be sent: the answer is for what it holds. */
  readonly when?: string;
}

/** Like an error of RFC 9457; members are templates. */
export interface MockError {
  readonly type: string;
  readonly status: number;
  readonly title?: string;
  readonly detail?: string;
}

export interface Mock {
  /** Name or JSON pointer of the tasks it is for. */
  readonly target: string;
  /** `always`: the one answer to all. `visits`: one for each call. `conditions`: the first that holds. */
  readonly choice: "always" | "visits" | "conditions";
  readonly answers: readonly MockAnswer[];
}

/** A CloudEvent from outside. */
export interface TrialEvent {
  /** From the start of the run. Absent: as soon as the run waits for one of its type. */
  readonly atMs?: number;
  readonly event: JsonMap;
}

/** A run that ends in no sensible time is ended. */
export interface TrialLimits {
  /** In the time of the run. */
  readonly timeMs: number;
  /** Visits of tasks. */
  readonly tasks: number;
}

/** One run of a workflow in a world made for it: a line of JSON to the process that tries. */
export interface TrialRequest {
  readonly id: number;
  readonly definition: Json;
  readonly input: Json;
  readonly secrets: Readonly<Record<string, Json>>;
  readonly mocks: readonly Mock[];
  readonly events: readonly TrialEvent[];
  /** When it starts, in milliseconds since 1970. */
  readonly startMs: number;
  readonly limits: TrialLimits;
  /** Whether to run it again with its runner lost at each place of its journal. */
  readonly killPoints: boolean;
}

export interface TrialTask {
  readonly name: string;
  readonly pointer: string;
  readonly kind: TaskKind;
  /** As the journal has it last. */
  readonly phase: "running" | "waiting" | "completed" | "failed" | "skipped" | "cancelled";
  readonly attempt: number;
  /** From the start of the run. */
  readonly atMs: number;
  /** Absent: it did not end. */
  readonly endedMs?: number;
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: Json;
}

/** What a task would have sent to the world. */
export interface TrialCall {
  readonly task: string;
  readonly pointer: string;
  readonly atMs: number;
  readonly sent: Json;
}

export type TrialOutcome =
  | { readonly kind: "completed"; readonly output: Json }
  | { readonly kind: "failed"; readonly error: Json }
  | { readonly kind: "cancelled"; readonly reason: string }
  /** The test, not the workflow, is why it could not go on. */
  | { readonly kind: "stopped"; readonly stop: TrialStop };

export type TrialStop =
  | {
      readonly kind: "unmocked";
      readonly task: string;
      readonly pointer: string;
      /** `call: http`, `run: shell`, … */
      readonly what: string;
      readonly sent: Json;
      /** Which call it was, and how many answers there are: all are used up, or none is for it. */
      readonly visit: number;
      readonly answers: number;
    }
  | { readonly kind: "bad-mock"; readonly target: string; readonly message: string }
  /** Nothing is left that could happen. */
  | { readonly kind: "waits"; readonly types: readonly string[] }
  | { readonly kind: "time"; readonly limitMs: number }
  | { readonly kind: "tasks"; readonly limit: number }
  | { readonly kind: "defect"; readonly message: string };

/** What is known of a run when it has ended. */
export interface TrialRecord {
  readonly outcome: TrialOutcome;
  readonly tookMs: number;
  /** In the order in which they started. */
  readonly tasks: readonly TrialTask[];
  readonly calls: readonly TrialCall[];
  /** Events that the workflow sent. */
  readonly emitted: readonly Json[];
  /** Targets of mocks, with the index of an answer that nobody asked for. */
  readonly unusedMocks: readonly { readonly target: string; readonly index: number }[];
  /** Events that came after the end, by their index. */
  readonly unusedEvents: readonly number[];
}

/** What came of losing the runner wherever it can be lost. */
export interface KillPoints {
  readonly points: number;
  /** Points that leave an effect which must not be repeated in doubt: it fails, as it should. */
  readonly unknown: number;
  readonly problems: readonly { readonly point: number; readonly message: string }[];
}

/** The answer to a {@link TrialRequest}, a line of JSON. */
export interface TrialReport {
  readonly id: number;
  readonly record: TrialRecord;
  readonly killPoints?: KillPoints;
}
