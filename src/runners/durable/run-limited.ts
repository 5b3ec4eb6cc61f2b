import {
  contextErrorCodes,
  type Effect,
  ExecutionFailure,
  type Settled,
  toExecutionError,
} from "./durable-context.ts";

/** The longest delay of a timer, about 24 days. */
const longestTimerMs = 2 ** 31 - 1;

export interface EffectLimits {
  readonly timeoutMs: number;
  /** Ends the wait at once, whatever the effect makes of its signal. */
  readonly abort: AbortSignal;
}

/** Runs an effect until it ends, its time is up or it is aborted. An effect that ignores its signal holds up nobody. */
export async function runLimited<T>(
  effect: Effect<T>,
  place: { readonly key: string; readonly attempt: number },
  { timeoutMs, abort }: EffectLimits,
): Promise<Settled<T> | "aborted"> {
  const timeout = new AbortController();
  const timer = setTimeout(
    () => timeout.abort(timedOut(timeoutMs)),
    Math.min(timeoutMs, longestTimerMs),
  );
  const signal = AbortSignal.any([abort, timeout.signal]);
  try {
    const value = await Promise.race([effect.run({ ...place, signal }), rejectOnAbort(signal)]);
    return { kind: "completed", value };
  } catch (thrown) {
    if (abort.aborted) return "aborted";
    const reason: unknown = timeout.signal.aborted ? timeout.signal.reason : thrown;
    return { kind: "failed", error: toExecutionError(reason) };
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for a promise that never fails; true when the signal came first. */
export async function isAborted(promise: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await Promise.race([promise, rejectOnAbort(signal)]);
    return false;
  } catch {
    return true;
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function timedOut(timeoutMs: number): ExecutionFailure {
  return new ExecutionFailure({
    code: contextErrorCodes.timeout,
    message: `no answer within ${Math.round(timeoutMs / 100) / 10} s`,
  });
}
