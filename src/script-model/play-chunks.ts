import { setTimeout as pause } from "node:timers/promises";

import type { PlanChunk, PlanFailure, StreamFault, TurnPlan } from "./turn-plan.ts";

/** How a played answer goes on; everything but a chunk is the last event. */
export type PlayEvent =
  | { readonly kind: "chunk"; readonly chunk: PlanChunk }
  | { readonly kind: "finish" }
  | { readonly kind: "mid-error"; readonly failure: PlanFailure }
  /** The connection dies: the reader must see an error, not an end. */
  | { readonly kind: "cut" }
  /** The stream ends as if all were well, but no finish was sent. */
  | { readonly kind: "eof" };

/**
 * Plays the chunks of a plan with its delays, up to the fault if there is one.
 *
 * @throws AbortError when `signal` aborts during a delay.
 */
export async function* playChunks(
  plan: TurnPlan,
  fault: StreamFault | undefined,
  signal: AbortSignal,
): AsyncGenerator<PlayEvent, void, void> {
  const sent = plan.chunks.slice(0, fault?.after);
  for (const [index, chunk] of sent.entries()) {
    if (index > 0 && plan.delayMs > 0) await pause(plan.delayMs, undefined, { signal });
    yield { kind: "chunk", chunk };
  }
  if (!fault) yield { kind: "finish" };
  else if (fault.kind === "mid-error") yield { kind: "mid-error", failure: fault.failure };
  else yield { kind: fault.kind };
}
