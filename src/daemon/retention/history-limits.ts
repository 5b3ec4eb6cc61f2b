import type { EndedExecution, HistoryTotals } from "../../store/readers/history-reader.ts";
import type { Settings } from "../../system/settings.ts";

/** How much history stays; 0 is no limit. */
export interface HistoryLimits {
  readonly executions: number;
  readonly ageMs: number;
  readonly bytes: number;
}

export function historyLimits(settings: Settings): HistoryLimits {
  return {
    executions: settings.get("history.maxExecutions"),
    ageMs: settings.get("history.maxAge"),
    bytes: settings.get("history.maxBytes"),
  };
}

/**
 * Which of the oldest have to go. Totals count what cannot go as well, so that whoever keeps much
 * in use keeps less of the rest.
 *
 * @param oldest in the order in which they ended
 */
export function surplus(
  { executions, bytes }: Pick<HistoryTotals, "executions" | "bytes">,
  oldest: readonly EndedExecution[],
  limits: HistoryLimits,
  now: number,
): EndedExecution[] {
  let [restExecutions, restBytes] = [executions, bytes];
  const first = oldest.findIndex((execution) => {
    const isSurplus =
      (limits.executions > 0 && restExecutions > limits.executions) ||
      (limits.bytes > 0 && restBytes > limits.bytes) ||
      (limits.ageMs > 0 && execution.endedAt < now - limits.ageMs);
    restExecutions -= 1;
    restBytes -= execution.bytes;
    return !isSurplus;
  });
  return oldest.slice(0, first === -1 ? oldest.length : first);
}
