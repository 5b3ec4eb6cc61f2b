import { setTimeout as pause } from "node:timers/promises";
import type { Store } from "../../store/store.ts";
import type { Logger } from "../../system/log.ts";
import { type HistoryLimits, surplus } from "./history-limits.ts";

export interface CollectionOptions {
  readonly store: Store;
  readonly log: Logger;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** Looked at at once. */
const pageSize = 64;

const shortestPauseMs = 5;

/**
 * Removes what is over the limits, the first to end first. After each short transaction others have
 * the writer for as long as it took.
 */
export async function collectHistory(
  { store, log, clock, signal }: CollectionOptions,
  limits: HistoryLimits,
): Promise<void> {
  if (limits.executions === 0 && limits.bytes === 0 && limits.ageMs === 0) return;
  const startedAt = performance.now();
  let totals: { executions: number; bytes: number } = store.read.historyTotals();
  const collected = { executions: 0, sessions: 0, bytes: 0 };
  for (;;) {
    let ids = surplus(totals, store.read.collectable(pageSize), limits, clock()).map(
      ({ id }) => id,
    );
    if (ids.length === 0 || signal.aborted) break;
    while (ids.length > 0 && !signal.aborted) {
      const before = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one short transaction after the other
      const { settled, executions, sessions, bytes } = await store.write("collectExecutions", {
        ids,
      });
      ids = ids.filter((id) => !settled.includes(id));
      totals = { executions: totals.executions - executions, bytes: totals.bytes - bytes };
      collected.executions += executions;
      collected.sessions += sessions;
      collected.bytes += bytes;
      // oxlint-disable-next-line no-await-in-loop -- see above
      await pause(Math.max(performance.now() - before, shortestPauseMs));
    }
  }
  if (collected.executions === 0) return;
  log.info("history collected", {
    ...collected,
    tookMs: Math.round(performance.now() - startedAt),
  });
}
