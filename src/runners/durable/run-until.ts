import { Cancellation } from "./cancellation.ts";
import { contextErrorCodes, ExecutionFailure } from "./durable-context.ts";
import type { LocalRun } from "./local-run.ts";
import { BranchCancelled, firstOf, Suspended } from "./release.ts";

/** Runs work under a cancellation of its own that comes at a time. @throws ExecutionFailure `timeout` */
export async function runUntil<T, Update>(
  epochMs: number,
  { clock, strands, timers }: Pick<LocalRun<Update>, "clock" | "strands" | "timers">,
  parent: Cancellation,
  run: (cancellation: Cancellation) => Promise<T>,
): Promise<T> {
  const cancellation = new Cancellation(parent);
  let isOver = false;
  const end = (): void => {
    isOver = true;
    cancellation.cancel("its time is up");
    strands.wakeAll();
  };
  // Entered once more after a suspension, so that what waited can put things in order.
  if (clock() >= epochMs) end();
  // Nothing works as long as a timer lasts without being suspended.
  const stop = timers.after(epochMs - clock(), end);
  try {
    return await run(cancellation);
  } catch (thrown) {
    if (thrown instanceof BranchCancelled && isOver) throw timedOut();
    if (!(thrown instanceof Suspended)) throw thrown;
    throw new Suspended(firstOf([thrown.suspension, { wakeAtMs: epochMs }]));
  } finally {
    stop();
  }
}

function timedOut(): ExecutionFailure {
  return new ExecutionFailure({ code: contextErrorCodes.timeout, message: "its time is up" });
}
