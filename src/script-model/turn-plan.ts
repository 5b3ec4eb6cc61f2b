import type { ScriptToolCall } from "./script-request.ts";

/** One answer of a scripted model, ready to be sent in any wire format or played in process. */
export interface TurnPlan {
  readonly script: string;
  /** Index of the turn in its script. */
  readonly turn: number;
  /** The same for every repetition of one request; {@link FaultCounter} counts by it. */
  readonly fingerprint: string;
  readonly think: string;
  readonly text: string;
  readonly toolCalls: readonly ScriptToolCall[];
  /** Think, text and tool calls in the order and the pieces in which a stream sends them. */
  readonly chunks: readonly PlanChunk[];
  readonly usage: PlanUsage;
  readonly finish: FinishReason;
  /** Milliseconds before the answer starts. */
  readonly firstDelayMs: number;
  /** Milliseconds between two chunks. */
  readonly delayMs: number;
  /** What goes wrong, in order: each for its number of attempts, after that the turn succeeds. */
  readonly faults: readonly PlanFault[];
}

export type PlanChunk =
  | { readonly kind: "think"; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "tool";
      /** Index into `toolCalls`. */
      readonly call: number;
      /** The next piece of the call's arguments. */
      readonly piece: string;
      /** Whether this is the call's first piece, its last, or both. */
      readonly first: boolean;
      readonly last: boolean;
    };

export const finishReasons = ["stop", "length", "tool-calls", "content-filter"] as const;
export type FinishReason = (typeof finishReasons)[number];

/** Tokens. `input` includes both cache counts, `output` includes reasoning. */
export interface PlanUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
}

/** An error a provider reports, before or inside a stream; what is absent follows from the status. */
export interface PlanFailure {
  readonly status: number;
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message: string;
  /** Seconds, as in the `Retry-After` header. */
  readonly retryAfter?: number | undefined;
}

export type PlanFault = {
  /** Attempts that meet the fault; `Infinity` for all. */
  readonly times: number;
} & (
  | { readonly kind: "fail"; readonly failure: PlanFailure }
  | { readonly kind: "hang" }
  | StreamFault
);

/** A fault after `after` chunks: an error event, a cut socket, or an end without a finish. */
export type StreamFault =
  | { readonly kind: "mid-error"; readonly after: number; readonly failure: PlanFailure }
  | { readonly kind: "cut"; readonly after: number }
  | { readonly kind: "eof"; readonly after: number };
