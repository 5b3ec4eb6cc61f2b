/** What calls back after a time: the timers of the machine, or those of a trial whose time is its own. */
export interface Timers {
  /** Returns what takes the call back. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A timer keeps at most about 24 days; who waits longer looks again. */
const longestTimerMs = 2 ** 31 - 1;

export const machineTimers: Timers = {
  after: (delayMs, callback) => {
    const handle = setTimeout(callback, Math.min(Math.max(0, delayMs), longestTimerMs));
    return () => clearTimeout(handle);
  },
};
