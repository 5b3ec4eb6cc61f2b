import { setTimeout as delay } from "node:timers/promises";
import { toStigmerError } from "../../contract/errors.ts";
import type { CommandContext } from "../command-context.ts";

/** Times that a call is made when the daemon goes away under it. */
const attempts = 4;

/**
 * Makes a call that may be repeated, again when the daemon went away while it was made: the next
 * one starts the daemon.
 */
export async function withDaemonRetry<T>(
  { daemon, signal }: Pick<CommandContext, "daemon" | "signal">,
  call: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      await daemon.channel();
    } catch (thrown) {
      // No daemon can be reached or started: trying it again took its time already.
      await daemon.reset();
      throw thrown;
    }
    try {
      return await call();
    } catch (thrown) {
      if (toStigmerError(thrown).code !== "unavailable" || attempt === attempts) throw thrown;
      await daemon.reset();
      await delay(attempt * 20, undefined, { signal });
    }
  }
}
