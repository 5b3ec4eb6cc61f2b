import type { Json } from "../../contract/json.ts";
import type { Call } from "../../workflow/definition/call.ts";
import type { Schema } from "../../workflow/definition/data-flow.ts";
import type { RunProcess, Run } from "../../workflow/definition/run.ts";
import type { EvaluationScope } from "../../workflow/expression/expression.ts";
import type { EffectScope } from "../durable/durable-context.ts";

/** What an effect of a task can see: its templates are evaluated in it, so that secrets are never recorded. */
export interface CallPlace {
  /** With `$secrets` and `$authorization`. */
  readonly scope: EvaluationScope;
  readonly effect: EffectScope;
}

/** A call that is made from here; agents and functions are not. */
export type DirectCall = Exclude<Call, { kind: "agent" | "function" }>;
/** A program that is run from here; a workflow is a child. */
export type DirectProcess = Exclude<RunProcess, { kind: "workflow" }>;

/** An agent or a workflow that a task starts and waits for. */
export interface ChildRequest {
  readonly kind: "agent" | "workflow";
  /** Of an agent: its name. Of a workflow: `namespace/name` and a version. */
  readonly name: string;
  readonly version?: string;
  readonly input: Json;
  /** JSON pointer of the task that starts it. */
  readonly pointer: string;
}

export type ChildOutcome =
  | { readonly kind: "completed"; readonly output: Json }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly details?: Json;
    }
  | { readonly kind: "cancelled"; readonly reason: string };

/** What an interpreter needs of the world. Every effect is run inside a step of the durable context. */
export interface WorkflowHost {
  call(call: DirectCall, place: CallPlace): Promise<Json>;
  runProcess(process: DirectProcess, run: Run, place: CallPlace): Promise<Json>;
  /** Returns the id of the child; the same for the same key. */
  startChild(request: ChildRequest, effect: EffectScope): Promise<string>;
  readChild(childId: string): Promise<ChildOutcome>;
  cancelChild(childId: string, reason: string): Promise<void>;
  /** Publishes a CloudEvent; once for a key. */
  emit(event: Json, effect: EffectScope): Promise<void>;
  /** Values of the secrets that the definition declares. */
  secrets(signal: AbortSignal): Promise<Readonly<Record<string, Json>>>;
  /** What a value breaks of a schema; empty when nothing. */
  validate(schema: Schema, value: Json, signal: AbortSignal): Promise<readonly string[]>;
  /** Milliseconds since 1970, for reports only. */
  clock(): number;
}
