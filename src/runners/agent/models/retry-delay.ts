import type { ModelFailure } from "./model-error.ts";

const firstDelayMs = 1_000;
const longestDelayMs = 60_000;

/**
 * How long to wait before a failed call is sent again, or `undefined` when sending it again cannot
 * help. Doubles from one second up to a minute, of which half is random so that many runs that
 * failed together do not come back together. Never less than the provider asked for.
 *
 * @param attempt how often the call was sent, from 1
 * @param random in [0, 1)
 */
export function retryDelayMs(
  failure: Pick<ModelFailure, "retryable" | "retryAfterMs">,
  attempt: number,
  random: number,
): number | undefined {
  if (!failure.retryable) return undefined;
  const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1));
  const backoff = ceiling / 2 + (ceiling / 2) * random;
  if (failure.retryAfterMs === undefined) return Math.round(backoff);
  return Math.round(Math.max(backoff, failure.retryAfterMs + firstDelayMs * random));
}
