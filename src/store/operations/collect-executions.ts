import { isCollectable } from "../collectable.ts";
import type { Connection } from "../connection.ts";
import type { Transaction } from "../transaction.ts";

export interface ExecutionCollection {
  /** Removed in this order. */
  readonly ids: readonly string[];
}

export interface CollectedExecutions {
  /** Executions that are gone, or that somebody needs again; any other is to be asked for again. */
  readonly settled: readonly string[];
  readonly executions: number;
  readonly sessions: number;
  /** Of the executions that are gone. */
  readonly bytes: number;
}

/** One collection is one transaction, behind which a write of somebody else may have to wait. */
const rowsAtOnce = 500;
const bytesAtOnce = 2 * 1024 * 1024;

/** What a resource and its index entries cost, in rows of a journal. */
const rowsOfResource = 20;

/** From the end: who still reads an execution sees the beginning of it and then that it is gone. */
const histories = [
  { table: "journal_cover", key: "seq", size: "sha256", order: "seq desc" },
  { table: "journal", key: "seq", size: "payload", order: "seq desc" },
  { table: "message", key: "sequence", size: "body", order: "sequence desc" },
  { table: "signal", key: "id", size: "payload", order: "topic desc, dedup_key desc" },
] as const;

interface Budget {
  rows: number;
  bytes: number;
}

/**
 * Removes ended executions, as many as one short transaction can: a large one is shortened first. A
 * session goes with its last execution, unless somebody refers to it or changed it after that had
 * ended: without what was said, going on with it would silently be another conversation.
 */
export function collectExecutions(
  tx: Transaction,
  { ids }: ExecutionCollection,
): CollectedExecutions {
  const budget = { rows: rowsAtOnce, bytes: bytesAtOnce };
  const settled: string[] = [];
  const removed: RemovedExecution[] = [];
  for (const id of ids) {
    if (budget.rows <= 0 || budget.bytes <= 0) break;
    const found = collectable(tx.db, id);
    if (found !== undefined) {
      if (!histories.every((history) => shorten(tx.db, id, history, budget))) break;
      removed.push(remove(tx, found));
      budget.rows -= rowsOfResource;
    }
    settled.push(id);
  }
  return {
    settled,
    executions: removed.length,
    sessions: removed.filter(({ withSession }) => withSession).length,
    bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

interface Collectable {
  readonly id: string;
  readonly kind: number;
  readonly sessionId: string | null;
  readonly bytes: number;
  readonly endedAt: number;
}

/** Asked again inside of the transaction: somebody may need it since it was chosen. */
function collectable(db: Connection, id: string): Collectable | undefined {
  return db.get<Collectable>(
    `select execution.id, execution.kind, execution.session_id as sessionId,
            history.bytes, history.ended_at as endedAt
       from execution join resource on resource.id = execution.id
       join history on history.execution_id = execution.id
      where execution.id = $id and history.ended_at is not null and ${isCollectable}`,
    { id },
  );
}

/** True when nothing of it is left. */
function shorten(
  db: Connection,
  id: string,
  { table, key, size, order }: (typeof histories)[number],
  budget: Budget,
): boolean {
  const rows = db.all<{ key: number; bytes: number }>(
    `select ${key} as key, length(${size}) as bytes from ${table}
      where execution_id = $id order by ${order} limit $limit`,
    { id, limit: Math.max(budget.rows, 0) + 1 },
  );
  const doomed: number[] = [];
  for (const row of rows) {
    if (budget.rows <= 0 || budget.bytes <= 0) break;
    doomed.push(row.key);
    budget.rows -= 1;
    budget.bytes -= row.bytes;
  }
  db.run(
    `delete from ${table} where execution_id = $id and ${key} in (select value from json_each($doomed))`,
    { id, doomed: JSON.stringify(doomed) },
  );
  return doomed.length === rows.length;
}

interface RemovedExecution {
  readonly bytes: number;
  readonly withSession: boolean;
}

function remove(tx: Transaction, { id, kind, sessionId, bytes, endedAt }: Collectable) {
  tx.db.run("delete from resource where id = $id", { id });
  tx.changed({ kind, id, effect: "deleted" });
  const withSession = sessionId !== null && removeSession(tx, sessionId, endedAt);
  return { bytes, withSession } satisfies RemovedExecution;
}

function removeSession(tx: Transaction, id: string, endedAt: number): boolean {
  const gone = tx.db.get<{ kind: number }>(
    `delete from resource
      where id = $id and updated_at <= $endedAt
        and not exists (select 1 from resource child where child.parent_id = $id)
        and not exists (select 1 from reference where to_id = $id)
      returning kind`,
    { id, endedAt },
  );
  if (gone === undefined) return false;
  tx.changed({ kind: gone.kind, id, effect: "deleted" });
  return true;
}
