import type { Connection } from "../connection.ts";

export interface HistoryGrowth {
  readonly executionId: string;
  /** Of journal, messages and artifacts. */
  readonly bytes: number;
  /** When the execution ended; it goes on without one. */
  readonly endedAt?: number;
}

/** Counts what is written of an execution, so that nobody has to add it up to know what is there. */
export function growHistory(db: Connection, { executionId, bytes, endedAt }: HistoryGrowth): void {
  if (bytes === 0 && endedAt === undefined) return;
  db.run(
    `insert into history (execution_id, bytes, ended_at) values ($executionId, $bytes, $endedAt)
      on conflict (execution_id) do update
        set bytes = bytes + excluded.bytes, ended_at = coalesce(excluded.ended_at, ended_at)`,
    { executionId, bytes, endedAt: endedAt ?? null },
  );
}
