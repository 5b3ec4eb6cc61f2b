import { ExecutionFailure, type Settled } from "../../durable/durable-context.ts";
import type { Done, ListResult } from "./frame.ts";

/**
 * The outputs of branches that ran side by side, in their order. Throws what the first that failed
 * failed with.
 */
export function settledOutputs(outcomes: readonly (Settled<ListResult> | null)[]): Done {
  const results = outcomes.flatMap((outcome) => {
    if (outcome?.kind === "failed") throw new ExecutionFailure(outcome.error);
    return outcome ? [outcome.value] : [];
  });
  const isEnd = results.some(({ directive }) => directive === "end");
  return { output: results.map(({ data }) => data), ...(isEnd ? { next: "end" } : {}) };
}
