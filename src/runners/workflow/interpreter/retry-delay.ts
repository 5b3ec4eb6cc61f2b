import { durationMs } from "../../../workflow/definition/duration.ts";
import type { RetryPolicy } from "../../../workflow/definition/retry.ts";
import type { EvaluationScope } from "../../../workflow/expression/expression.ts";

/** Growth stops there: nobody wants to wait for a try that comes in a year. */
const longestDelayMs = 3_600_000;

/**
 * Milliseconds before try `attempt` + 1: the delay, grown as the policy says, and jitter.
 *
 * @param random from 0 to 1
 */
export function retryDelayMs(
  { delay, backoff, jitter }: RetryPolicy,
  attempt: number,
  { scope, random }: { readonly scope: EvaluationScope; readonly random: number },
): number {
  const baseMs = delay ? durationMs(delay, scope) : 0;
  const factor = { constant: 1, linear: attempt, exponential: 2 ** (attempt - 1) };
  const grownMs = Math.min(
    baseMs * factor[backoff?.kind ?? "constant"],
    Math.max(baseMs, longestDelayMs),
  );
  if (!jitter) return grownMs;
  const fromMs = durationMs(jitter.from, scope);
  return grownMs + Math.round(fromMs + (durationMs(jitter.to, scope) - fromMs) * random);
}
