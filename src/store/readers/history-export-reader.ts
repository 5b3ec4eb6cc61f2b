import type { Connection } from "../connection.ts";
import { intact, selectList, type Stored } from "../table-format.ts";
import { type CoverRow, coverTable } from "../tables/cover-table.ts";

/** What a resource is bound to besides its row. */
export interface ResourceLinks {
  /** Ids of what it refers to. */
  readonly references: readonly string[];
  /** Hashes. */
  readonly artifacts: readonly string[];
}

/** Where an execution stands among all, the oldest first. */
export interface ExecutionPosition {
  readonly kind: number;
  readonly id: string;
  readonly createdAt: number;
}

/** What only an export of the history asks for. */
export interface HistoryExportReader {
  resourceLinks(id: string): ResourceLinks;
  /** Hashes of the artifacts that a revision refers to. */
  revisionArtifacts(hash: string): string[];
  /** Where entries of a journal stand for others: the first of those, by the sequence of the entry. */
  covers(executionId: string, firstSeq: number, lastSeq: number): Map<number, number>;
  /** Milliseconds; `undefined` for one that has not ended, or was restored in part. */
  endedAt(executionId: string): number | undefined;
  /** The next that have ended and are whole, the oldest first. */
  endedExecutions(
    kinds: readonly number[],
    limit: number,
    after?: ExecutionPosition,
  ): ExecutionPosition[];
}

const references = "select to_id as value from reference where from_id = $id order by to_id";
const artifacts =
  "select hash as value from resource_artifact where resource_id = $id order by hash";
const ofRevision = `select hash as value from revision_artifact
  where revision_hash = $id order by hash`;
const coversIn = `select ${selectList(coverTable)} from journal_cover
  where execution_id = $executionId and seq >= $firstSeq and seq <= $lastSeq order by seq`;
const ended = `select resource.kind, resource.id, resource.created_at as createdAt
  from resource cross join history on history.execution_id = resource.id
  where resource.kind = $kind and (resource.created_at, resource.id) > ($createdAt, $id)
    and history.ended_at is not null
  order by resource.created_at, resource.id limit $limit`;
const start = { createdAt: -1, id: "" };

export function historyExportReader(db: Connection): HistoryExportReader {
  const values = (sql: string, id: string): string[] =>
    db.all<{ value: string }>(sql, { id }).map(({ value }) => value);
  return {
    resourceLinks: (id) => ({
      references: values(references, id),
      artifacts: values(artifacts, id),
    }),
    revisionArtifacts: (hash) => values(ofRevision, hash),
    covers: (executionId, firstSeq, lastSeq) =>
      new Map(
        db
          .all<Stored<CoverRow>>(coversIn, { executionId, firstSeq, lastSeq })
          .map((stored) => intact(coverTable, stored))
          .map(({ seq, fromSeq }) => [seq, fromSeq]),
      ),
    endedAt: (executionId) =>
      db.get<{ endedAt: number | null }>(
        "select ended_at as endedAt from history where execution_id = $executionId",
        { executionId },
      )?.endedAt ?? undefined,
    endedExecutions: (kinds, limit, after) =>
      kinds
        .flatMap((kind) => db.all<ExecutionPosition>(ended, { ...start, ...after, kind, limit }))
        .toSorted((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1))
        .slice(0, limit),
  };
}
