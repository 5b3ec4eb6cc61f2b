import type { Json } from "../../contract/json.ts";
import type { Expression } from "../expression/expression.ts";
import type { Template } from "../expression/template.ts";
import type { Call } from "./call.ts";
import type { InputFlow, OutputFlow } from "./data-flow.ts";
import type { Duration } from "./duration.ts";
import type { ErrorFilter, RaisedError } from "./error.ts";
import type { EventStrategy } from "./event.ts";
import type { Retry } from "./retry.ts";
import type { Run } from "./run.ts";
import type { Timeout } from "./timeout.ts";

/** A task: what all of them have, and what it does. */
export interface Task {
  readonly name: string;
  /** JSON pointer into the document: `/do/0/ask`. */
  readonly pointer: string;
  /** As it is written: `$task.definition`. */
  readonly definition: Json;
  readonly if: Expression | undefined;
  readonly input: InputFlow | undefined;
  readonly output: OutputFlow | undefined;
  readonly export: OutputFlow | undefined;
  readonly timeout: Timeout | undefined;
  /** `then`: `continue`, `exit`, `end` or the name of a task of the same list. */
  readonly next: string | undefined;
  readonly metadata: Json | undefined;
  readonly body: TaskBody;
}

/** Tasks of one list, in their order; each knows the others by name. */
export interface TaskList {
  readonly tasks: readonly Task[];
  readonly indexOf: ReadonlyMap<string, number>;
}

export type TaskBody =
  | { readonly kind: "set"; readonly value: Template }
  | { readonly kind: "do"; readonly tasks: TaskList }
  | ForBody
  | { readonly kind: "fork"; readonly branches: TaskList; readonly compete: boolean }
  | { readonly kind: "switch"; readonly cases: readonly SwitchCase[] }
  | { readonly kind: "try"; readonly tasks: TaskList; readonly catch: Catch }
  | { readonly kind: "raise"; readonly error: RaisedError }
  | { readonly kind: "wait"; readonly duration: Duration }
  | { readonly kind: "emit"; readonly event: Template }
  | ListenBody
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "call"; readonly call: Call };

export type TaskKind = TaskBody["kind"];

export interface ForBody {
  readonly kind: "for";
  /** Names, without `$`, of the item and its index. */
  readonly each: string;
  readonly at: string;
  readonly in: Template;
  readonly while: Expression | undefined;
  readonly tasks: TaskList;
  /** Iterations at the same time; 1: one after the other, each with the output of the one before. */
  readonly maxParallel: number;
}

export interface SwitchCase {
  readonly name: string;
  /** Absent: what is left. */
  readonly when: Expression | undefined;
  readonly next: string;
}

export interface Catch {
  readonly errors: ErrorFilter | undefined;
  /** Name, without `$`, of the error. */
  readonly as: string;
  readonly when: Expression | undefined;
  readonly exceptWhen: Expression | undefined;
  readonly retry: Retry | undefined;
  readonly tasks: TaskList | undefined;
  readonly next: string | undefined;
}

export interface ListenBody {
  readonly kind: "listen";
  readonly to: EventStrategy;
  readonly read: "data" | "envelope" | "raw";
  readonly foreach: ListenForeach | undefined;
}

export interface ListenForeach {
  readonly item: string;
  readonly at: string;
  readonly tasks: TaskList;
  readonly output: OutputFlow | undefined;
  readonly export: OutputFlow | undefined;
}
