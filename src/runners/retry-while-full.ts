import { StigmerError } from "../contract/errors.ts";

const firstDelayMs = 250;
const longestDelayMs = 5_000;

/**
 * Tries a write again for as long as the daemon's disk is full or it cannot write for another
 * reason that may pass: what a runner holds is not lost, it waits. Ends with the daemon.
 */
export async function retryWhileFull<T>(attempt: () => Promise<T>): Promise<T> {
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(longestDelayMs, delayMs * 2)) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof StigmerError) || thrown.code !== "resource-exhausted") throw thrown;
      await Bun.sleep(delayMs);
    }
  }
}
