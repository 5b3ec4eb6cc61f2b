import { claimableExecutions } from "../claimable.ts";
import type { Connection } from "../connection.ts";
import { type Checked, intact, selectList, type Stored } from "../table-format.ts";
import { originOf } from "../tables/child-table.ts";
import { currentValue } from "../tables/counter-table.ts";
import { checkedExecution, type ExecutionRow, executionTable } from "../tables/execution-table.ts";
import { type SignalRow, signalTable } from "../tables/signal-table.ts";

/** Everything that returns one row throws `data-loss` when that row is damaged. */
export interface ExecutionReader {
  execution(id: string): ExecutionRow | undefined;
  /** All executions of a session, the oldest first. */
  sessionExecutions(sessionId: string): Checked<ExecutionRow>[];
  /** What a runner may claim at `now`, the oldest first; damaged ones are reported, never run. */
  claimable(limit: number, now: number): Checked<ExecutionRow>[];
  /** Leases that ended before `now`. */
  expiredLeases(now: number): Checked<ExecutionRow>[];
  /** Not consumed yet, in order of arrival; of one topic when it is given. */
  pendingSignals(executionId: string, topic?: string): SignalRow[];
  /** When the next timer is due, milliseconds; `undefined` when nothing waits for a time. */
  nextWakeAt(): number | undefined;
  /** Executions that have not ended. */
  countOpen(): number;
  /** Who started an execution, and who started that, and so on. */
  ancestors(executionId: string): string[];
  /** Hashes of the revisions that an execution is pinned to. */
  pinnedRevisions(executionId: string): string[];
  /** Of the last `openEpoch`; 0 before the first. */
  epoch(): number;
}

const columns = selectList(executionTable);
const byId = `select ${columns} from execution where id = $id`;
const ofSession = `select ${columns} from execution
  where session_id = $sessionId order by created_at, id`;
const expired = `select ${columns} from execution indexed by execution_lease
  where state = 'leased' and lease_until < $now order by lease_until`;
const pending = `select ${selectList(signalTable)} from signal
  where execution_id = $executionId and consumed = 0 order by id`;
const pendingOfTopic = `select ${selectList(signalTable)} from signal
  where execution_id = $executionId and topic = $topic and consumed = 0 order by id`;
const nextWake = `select min(wake_at) as wakeAt from execution indexed by execution_timer
  where state = 'waiting' and wake_at is not null`;

/** The states by name: an index knows these, but not what is none of them. */
const countOpen = `select count(*) as count from execution
  where state in ('ready', 'leased', 'waiting')`;

const verified = (stored: Stored<ExecutionRow>): ExecutionRow => intact(executionTable, stored);

export function executionReader(db: Connection): ExecutionReader {
  return {
    execution(id) {
      const stored = db.get<Stored<ExecutionRow>>(byId, { id });
      return stored && verified(stored);
    },
    sessionExecutions: (sessionId) =>
      db.all<Stored<ExecutionRow>>(ofSession, { sessionId }).map(checkedExecution),
    claimable: (limit, now) =>
      claimableExecutions(db, limit, now)
        .flatMap((id) => db.get<Stored<ExecutionRow>>(byId, { id }) ?? [])
        .map(checkedExecution),
    expiredLeases: (now) => db.all<Stored<ExecutionRow>>(expired, { now }).map(checkedExecution),
    pendingSignals: (executionId, topic) =>
      db
        .all<Stored<SignalRow>>(
          topic === undefined ? pending : pendingOfTopic,
          topic === undefined ? { executionId } : { executionId, topic },
        )
        .map((stored) => intact(signalTable, stored)),
    nextWakeAt: () => db.get<{ wakeAt: number | null }>(nextWake)?.wakeAt ?? undefined,
    countOpen: () => db.get<{ count: number }>(countOpen)?.count ?? 0,
    ancestors(executionId) {
      const origin = originOf(db, executionId);
      return origin ? [origin.parentId, ...this.ancestors(origin.parentId)] : [];
    },
    pinnedRevisions: (executionId) =>
      db
        .all<{ hash: string }>(
          "select hash from pinned_revision where execution_id = $executionId order by hash",
          { executionId },
        )
        .map(({ hash }) => hash),
    epoch: () => currentValue(db, "epoch"),
  };
}
