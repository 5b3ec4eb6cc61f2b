import type { ScriptRequest } from "./script-request.ts";
import type { PlanChunk, PlanFailure, TurnPlan } from "./turn-plan.ts";

/** A provider's HTTP interface, translated from and to the neutral request and plan. */
export interface Wire {
  readonly name: string;
  readonly generate: readonly GenerateRoute[];
  readonly info: readonly InfoRoute[];
  /** An error in this wire's own form, as a JSON value. */
  errorBody(failure: PlanFailure): unknown;
}

/** A POST that asks the model for an answer. */
export interface GenerateRoute {
  /** Matches the whole path; a group named `model` holds the model when the path does. */
  readonly path: RegExp;
  /** @throws StigmerError `invalid-argument` when the body is not this wire's request. */
  read(body: unknown, groups: Readonly<Record<string, string>>): WireCall;
}

export interface WireCall {
  readonly request: ScriptRequest;
  readonly stream: boolean;
  /** What the real provider refuses in this request besides an invalid history. */
  readonly problems: readonly string[];
  answer(plan: TurnPlan): AnswerWriter;
}

/** Writes one answer, either whole or as a stream: start, chunks, then finish or error. */
export interface AnswerWriter {
  readonly streamType: "text/event-stream" | "application/x-ndjson";
  whole(): unknown;
  start(): string;
  chunk(chunk: PlanChunk): string;
  finish(): string;
  error(failure: PlanFailure): string;
}

/** A request for what the server has rather than for an answer. */
export interface InfoRoute {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  /** A header that must be there, where two wires share a path. */
  readonly header?: string;
  /** @throws StigmerError `not-found` for a model without a script, `invalid-argument`. */
  answer(known: KnownModels, body: unknown): unknown;
}

export interface KnownModels {
  readonly names: readonly string[];
  has(model: string): boolean;
}
