import { type StigmerError, toStigmerError } from "../contract/errors.ts";
import type { Connection } from "./connection.ts";
import { runOperation, type Write } from "./operations/operations.ts";
import { type DiskFault, diskFaultOf } from "./sqlite-errors.ts";
import type { Change } from "./transaction.ts";

export type WriteOutcome =
  | { readonly kind: "done"; readonly output: unknown }
  | { readonly kind: "failed"; readonly error: StigmerError };

export type GroupOutcome =
  /** Durable: one outcome per write, in order, and what the successful ones changed. */
  | { readonly kind: "committed"; readonly outcomes: WriteOutcome[]; readonly changes: Change[] }
  /** Nothing of the group was kept, and nobody may be told otherwise. */
  | { readonly kind: "lost"; readonly error: StigmerError; readonly fault: DiskFault | undefined };

/**
 * Runs every write in a savepoint of its own inside one transaction, so that one fsync serves them
 * all and a refused write takes no other with it. What a write was told about an earlier one of the
 * group holds only if the commit succeeds; when it fails, all fail.
 */
export function commitGroup(db: Connection, writes: readonly Write[]): GroupOutcome {
  try {
    db.script("begin immediate");
    const changes: Change[] = [];
    const outcomes = writes.map((write) => runInSavepoint(db, write, changes));
    db.script("commit");
    return { kind: "committed", outcomes, changes };
  } catch (thrown) {
    rollBack(db);
    return { kind: "lost", error: toStigmerError(thrown), fault: diskFaultOf(thrown) };
  }
}

function runInSavepoint(db: Connection, write: Write, changes: Change[]): WriteOutcome {
  const own: Change[] = [];
  db.run("savepoint operation");
  try {
    const output = runOperation({ db, changed: (change) => own.push(change) }, write);
    db.run("release operation");
    changes.push(...own);
    return { kind: "done", output };
  } catch (thrown) {
    // After a fault of the disk SQLite may have rolled back the whole transaction by itself.
    if (!db.inTransaction || diskFaultOf(thrown) !== undefined) throw thrown;
    db.run("rollback to operation");
    db.run("release operation");
    return { kind: "failed", error: toStigmerError(thrown) };
  }
}

/** The error that led here is the one to report; what a rollback on a broken disk says adds nothing. */
function rollBack(db: Connection): void {
  try {
    if (db.inTransaction) db.script("rollback");
  } catch {
    // The next "begin" fails as well and says so.
  }
}
