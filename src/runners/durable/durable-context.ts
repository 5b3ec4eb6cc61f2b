import type { Json } from "../../contract/json.ts";

/** What is left of an error in a journal. Compare `code`, never a class. */
export interface ExecutionError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly details?: { readonly [key: string]: Json };
}

/** What to do with an effect whose runner ended while it ran: nobody knows whether it happened. */
export type OnUnknown = "retry" | "fail";

export interface EffectScope {
  /** The operation's journal key. */
  readonly key: string;
  /** From 1; more after an unknown outcome that is tried again. */
  readonly attempt: number;
  /** Aborts on cancel, on timeout and when the lease is lost. */
  readonly signal: AbortSignal;
}

export interface StepOptions {
  readonly timeoutMs: number;
  readonly onUnknown: OnUnknown;
}

/** One of several effects that run side by side. */
export interface Effect<T> {
  readonly onUnknown: OnUnknown;
  run(scope: EffectScope): Promise<T>;
}

export type Settled<T> =
  | { readonly kind: "completed"; readonly value: T }
  | { readonly kind: "failed"; readonly error: ExecutionError };

export interface AllOptions {
  readonly concurrency: number;
  readonly timeoutMs: number;
}

/** One of the branches of a fork. Its definition is data, so that another home can run it elsewhere. */
export interface Branch<T, Update> {
  readonly run: (context: DurableContext<Update>) => Promise<T>;
}

export interface ForkOptions {
  /** `all`: each one's outcome. `any`: the first success; the others are cancelled at once. */
  readonly mode: "all" | "any";
  /** Branches at the same time. */
  readonly concurrency: number;
}

export interface ForkOutcome<T> {
  /** Of `any`: which branch succeeded first; absent when all failed. */
  readonly winner?: number;
  /** In the order of the branches; null for one that was cancelled because another won. */
  readonly outcomes: readonly (Settled<T> | null)[];
}

/** Which of the published events are waited for. */
export interface EventQuery {
  /** Of their types; an empty text stands for any. */
  readonly types: readonly string[];
  /** Only those behind this one; 0: all since the execution began. */
  readonly after: number;
  readonly matches: (event: Json) => boolean;
}

/** A published event, and its place in the log. */
export interface PublishedEvent {
  readonly id: number;
  readonly event: Json;
}

/** What a turn of a loop leaves to the next. */
export interface LoopTurn<T> {
  readonly state: T;
  readonly isLast: boolean;
}

/**
 * The one interface that an interpreter or an agent loop may await. Each operation has a name; its
 * journal key is where it stands, that name and how often it came up there (`do#1/model#2`). What is recorded is answered from
 * the record, so code above runs from the top after every interruption. Values must survive JSON.
 */
export interface DurableContext<Update> {
  readonly executionId: string;
  /** Where it stands: empty, or the key of the scope, turn or branch. */
  readonly path: string;
  /** Runs an effect once; throws {@link ExecutionFailure} with what it failed with. */
  step<T>(
    name: string,
    effect: (scope: EffectScope) => Promise<T>,
    options: StepOptions,
  ): Promise<T>;
  /**
   * Runs effects in parallel; results in the order of the effects, whatever ended first. A cancel
   * ends those that run with the code `cancelled` and is thrown by the next operation.
   */
  all<T>(name: string, effects: readonly Effect<T>[], options: AllOptions): Promise<Settled<T>[]>;
  /**
   * Runs operations as one: when it has ended, its outcome is recorded and it is never entered
   * again. Their keys stand below its own (`do#1/http#1`).
   */
  scope<T>(name: string, run: (context: DurableContext<Update>) => Promise<T>): Promise<T>;
  /**
   * Runs turns one after the other until one is the last, each with the state that the one before
   * left. A resume goes on at the turn that was interrupted, however many came before.
   */
  loop<T>(
    name: string,
    initial: T,
    turn: (context: DurableContext<Update>, state: T, index: number) => Promise<LoopTurn<T>>,
  ): Promise<T>;
  /**
   * Like {@link scope}, and ends what runs below it at a time (milliseconds since 1970) with the code
   * `timeout`.
   */
  timeLimit<T>(
    name: string,
    epochMs: number,
    run: (context: DurableContext<Update>) => Promise<T>,
  ): Promise<T>;
  /** Runs branches side by side. Its outcome is recorded when all have ended or one has won. */
  fork<T>(
    name: string,
    branches: readonly Branch<T, Update>[],
    options: ForkOptions,
  ): Promise<ForkOutcome<T>>;
  /** Runs operations that a cancel does not touch, to put things in order after it. */
  shield<T>(name: string, cleanup: (context: DurableContext<Update>) => Promise<T>): Promise<T>;
  /** Waits until a time. Longer than a second: the execution is suspended. */
  sleepUntil(name: string, epochMs: number): Promise<void>;
  /** Waits, suspended, for the next signal of a topic and consumes it; `undefined` at the deadline. */
  event(name: string, topic: string, deadlineMs?: number): Promise<Json | undefined>;
  /** Waits, suspended, for the next published event that matches, also one from before the wait. */
  nextEvent(name: string, query: EventQuery): Promise<PublishedEvent>;
  /** What status and history show; rides on the next append, once however often it is replayed. */
  report(update: Update): void;
  /** The only clock: milliseconds since 1970, recorded with the next append. */
  now(): number;
  /** The same id at the same place of every replay. */
  uuid(name: string): string;
}

/** Codes that the context itself gives to errors. */
export const contextErrorCodes = {
  cancelled: "cancelled",
  timeout: "timeout",
  outcomeUnknown: "outcome-unknown",
} as const;

/** An operation failed with a recorded error. */
export class ExecutionFailure extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: { readonly [key: string]: Json };

  constructor(error: ExecutionError) {
    super(error.message);
    this.name = "ExecutionFailure";
    this.code = error.code;
    this.hint = error.hint;
    this.details = error.details ?? {};
  }
}

/** Anything thrown by an effect as it is recorded. */
export function toExecutionError(thrown: unknown): ExecutionError {
  if (!(thrown instanceof Error)) return { code: "internal", message: String(thrown) };
  const { code, hint, details } = thrown as Error & Partial<ExecutionError>;
  return {
    code: typeof code === "string" ? code : "internal",
    message: thrown.message,
    ...(typeof hint === "string" ? { hint } : {}),
    ...(details === undefined ? {} : { details }),
  };
}
