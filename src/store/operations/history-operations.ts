import {
  collectExecutions,
  type CollectedExecutions,
  type ExecutionCollection,
} from "./collect-executions.ts";
import type { Operation, OperationTable } from "./operation-table.ts";

/** Everything here removes what nobody needs, a little at a time. */
export interface HistoryOperations {
  collectExecutions: Operation<ExecutionCollection, CollectedExecutions>;
  /** Removes those of the revisions that no resource has and no execution is pinned to. Returns how many. */
  collectRevisions: Operation<readonly string[], number>;
  /** Forgets request ids from before a time. Returns how many; there may be more than `limit`. */
  forgetRequests: Operation<{ readonly before: number; readonly limit: number }, number>;
}

export const historyOperations: OperationTable<HistoryOperations> = {
  collectExecutions,

  collectRevisions(tx, hashes) {
    return tx.db.run(
      `delete from revision
        where hash in (select value from json_each($hashes))
          and not exists (select 1 from resource_revision where hash = revision.hash)
          and not exists (select 1 from pinned_revision where hash = revision.hash)`,
      { hashes: JSON.stringify(hashes) },
    );
  },

  forgetRequests(tx, { before, limit }) {
    return tx.db.run(
      `delete from request where (request_id, method) in (
         select request_id, method from request where at < $before order by at limit $limit)`,
      { before, limit },
    );
  },
};
