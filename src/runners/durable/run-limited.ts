import {
  contextErrorCodes,
  type Effect,
  ExecutionFailure,
  type Settled,
  toExecutionError,
} from "./durable-context.ts";
import type { Timers } from "./timers.ts";

export interface EffectLimits {
  readonly timeoutMs: number;
  /** Ends the wait at once, whatever the effect makes of its signal. */
  readonly abort: AbortSignal;
  readonly timers: Timers;
}

/** Runs an effect until it ends, its time is up or it is aborted. An effect that ignores its signal holds up nobody. */
export async function runLimited<T>(
  effect: Effect<T>,
  place: { readonly key: string; readonly attempt: number },
  { timeoutMs, abort, timers }: EffectLimits,
): Promise<Settled<T> | "aborted"> {
  const timeout = new AbortController();
  const stop = timers.after(timeoutMs, () => timeout.abort(timedOut(timeoutMs)));
  const signal = AbortSignal.any([abort, timeout.signal]);
  try {
    const value = await Promise.race([effect.run({ ...place, signal }), rejectOnAbort(signal)]);
    return { kind: "completed", value };
  } catch (thrown) {
    if (abort.aborted) return "aborted";
    const reason: unknown = timeout.signal.aborted ? timeout.signal.reason : thrown;
    return { kind: "failed", error: toExecutionError(reason) };
  } finally {
    stop();
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
