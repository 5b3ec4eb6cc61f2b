import { isCollectable } from "../collectable.ts";
import type { Connection } from "../connection.ts";

export interface HistoryTotals {
  /** Ended executions. */
  readonly executions: number;
  /** Of their journals, messages and artifacts; what two of them refer to counts for each. */
  readonly bytes: number;
  /** Milliseconds; `undefined` without any. */
  readonly oldestEndedAt: number | undefined;
}

export interface EndedExecution {
  readonly id: string;
  readonly endedAt: number;
  readonly bytes: number;
}

/** Whether anything in the store refers to it. */
export interface Use {
  readonly hash: string;
  readonly isUsed: boolean;
}

export interface HistoryReader {
  historyTotals(): HistoryTotals;
  /** Ended executions that nobody needs, the first to end first. */
  collectable(limit: number): EndedExecution[];
  /** The next revisions in order of their hash. */
  revisionUse(afterHash: string, limit: number): Use[];
  /** The next artifacts in order of their hash; one that was put since `before` counts as used. */
  artifactUse(afterHash: string, limit: number, before: number): Use[];
}

const totals = `select count(*) as executions, coalesce(sum(bytes), 0) as bytes,
  min(ended_at) as oldestEndedAt from history indexed by history_ended where ended_at is not null`;
const oldest = `select execution.id, history.ended_at as endedAt, history.bytes
  from history indexed by history_ended
  cross join execution on execution.id = history.execution_id
  cross join resource on resource.id = execution.id
  where history.ended_at is not null and ${isCollectable}
  order by history.ended_at, history.execution_id limit $limit`;
const revisions = `select hash,
    exists (select 1 from resource_revision where hash = revision.hash)
    or exists (select 1 from pinned_revision where hash = revision.hash) as used
  from revision where hash > $afterHash order by hash limit $limit`;
const artifacts = `select hash,
    created_at >= $before
    or exists (select 1 from revision_artifact where hash = artifact.hash)
    or exists (select 1 from resource_artifact where hash = artifact.hash) as used
  from artifact where hash > $afterHash order by hash limit $limit`;

export function historyReader(db: Connection): HistoryReader {
  return {
    historyTotals() {
      const { executions, bytes, oldestEndedAt } = db.get<{
        executions: number;
        bytes: number;
        oldestEndedAt: number | null;
      }>(totals) ?? { executions: 0, bytes: 0, oldestEndedAt: null };
      return { executions, bytes, oldestEndedAt: oldestEndedAt ?? undefined };
    },
    collectable: (limit) => db.all<EndedExecution>(oldest, { limit }),
    revisionUse: (afterHash, limit) => usesOf(db, revisions, { afterHash, limit }),
    artifactUse: (afterHash, limit, before) => usesOf(db, artifacts, { afterHash, limit, before }),
  };
}

function usesOf(db: Connection, sql: string, parameters: Record<string, string | number>): Use[] {
  return db
    .all<{ hash: string; used: number }>(sql, parameters)
    .map(({ hash, used }) => ({ hash, isUsed: used !== 0 }));
}
