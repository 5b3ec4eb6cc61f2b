import { Cancellation } from "./cancellation.ts";
import { contextErrorCodes, ExecutionFailure } from "./durable-context.ts";
import type { LocalRun } from "./local-run.ts";
import { BranchCancelled, firstOf, Suspended } from "./release.ts";

/** The longest delay of a timer, about 24 days. Nothing works that long without being suspended. */
const longestTimerMs = 2 ** 31 - 1;

/** Runs work under a cancellation of its own that comes at a time. @throws ExecutionFailure `timeout` */
export async function runUntil<T, Update>(
  epochMs: number,
  { clock, strands }: Pick<LocalRun<Update>, "clock" | "strands">,
  parent: Cancellation,
  run: (cancellation: Cancellation) => Promise<T>,
): Promise<T> {
  if (clock() >= epochMs) throw timedOut();
  const cancellation = new Cancellation(parent);
  let isOver = false;
  const end = (): void => {
    isOver = true;
    cancellation.cancel("its time is up");
    strands.wakeAll();
  };
  const timer = setTimeout(end, Math.min(epochMs - clock(), longestTimerMs));
  try {
    return await run(cancellation);
  } catch (thrown) {
    if (thrown instanceof BranchCancelled && isOver) throw timedOut();
    if (!(thrown instanceof Suspended)) throw thrown;
    throw new Suspended(firstOf([thrown.suspension, { wakeAtMs: epochMs }]));
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(): ExecutionFailure {
  return new ExecutionFailure({ code: contextErrorCodes.timeout, message: "its time is up" });
}
