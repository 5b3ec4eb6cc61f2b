import { conflictError } from "../conflict.ts";
import { selectList, type Stored } from "../table-format.ts";
import { nextValue } from "../tables/counter-table.ts";
import { checkedExecution, type ExecutionRow, executionTable } from "../tables/execution-table.ts";
import type { Transaction } from "../transaction.ts";
import { isClaimable } from "../claimable.ts";
import type { Operation, OperationTable } from "./operation-table.ts";
import { putExecution, refuseFenced, storedExecution, unheld } from "./stored-execution.ts";

export interface Claim {
  readonly id: string;
  readonly runnerId: string;
  readonly leaseUntil: number;
  readonly now: number;
}

export interface HeldLease {
  readonly id: string;
  readonly fencingToken: number;
}

export interface Renewal {
  readonly leases: readonly HeldLease[];
  readonly leaseUntil: number;
}

export interface OpenedEpoch {
  readonly epoch: number;
  /** Ready again. */
  readonly released: readonly string[];
  /** Damaged: nobody can claim or append to them, and they keep no other from going on. */
  readonly corrupt: readonly string[];
}

export interface LeaseOperations {
  /** Returns the leased row with its new fencing token; throws `conflict` (not-claimable). */
  claim: Operation<Claim, ExecutionRow>;
  /** Returns the ids whose lease is lost, or whose row is damaged; the others are renewed. */
  renewLeases: Operation<Renewal, string[]>;
  /** Gives a lease back, or takes it from a runner that is gone: ready again. Throws `conflict` (fenced). */
  releaseLease: Operation<HeldLease, ExecutionRow>;
  /** A daemon starts: every lease of the one before is void. */
  openEpoch: Operation<void, OpenedEpoch>;
}

export const leaseOperations: OperationTable<LeaseOperations> = {
  claim(tx, { id, runnerId, leaseUntil, now }) {
    const execution = storedExecution(tx.db, id);
    if (!isClaimable(tx.db, execution.id, now)) {
      const message = `${id} cannot be claimed (${execution.state})`;
      throw conflictError({ kind: "not-claimable" }, message);
    }
    return putExecution(tx, {
      ...execution,
      ...unheld,
      state: "leased",
      runnerId,
      leaseUntil,
      fencingToken: nextValue(tx.db, "fencing-token"),
      attempt: execution.attempt + 1,
    });
  },

  renewLeases(tx, { leases, leaseUntil }) {
    return leases.flatMap((lease) => (renewed(tx, lease, leaseUntil) ? [] : [lease.id]));
  },

  releaseLease(tx, { id, fencingToken }) {
    const execution = storedExecution(tx.db, id);
    refuseFenced(execution, fencingToken);
    return putExecution(tx, { ...execution, ...unheld, state: "ready" });
  },

  openEpoch(tx) {
    const leased = tx.db
      .all<Stored<ExecutionRow>>(
        `select ${selectList(executionTable)} from execution where state = 'leased'`,
      )
      .map(checkedExecution);
    const intactRows = leased.flatMap((item) => (item.kind === "intact" ? [item.row] : []));
    for (const row of intactRows) putExecution(tx, { ...row, ...unheld, state: "ready" });
    return {
      epoch: nextValue(tx.db, "epoch"),
      released: intactRows.map(({ id }) => id),
      corrupt: leased.flatMap((item) => (item.kind === "corrupt" ? [item.id] : [])),
    };
  },
};

function renewed(tx: Transaction, lease: HeldLease, leaseUntil: number): boolean {
  const stored = tx.db.get<Stored<ExecutionRow>>(
    `select ${selectList(executionTable)} from execution
      where id = $id and state = 'leased' and fencing_token = $fencingToken`,
    { ...lease },
  );
  const item = stored && checkedExecution(stored);
  if (item?.kind !== "intact") return false;
  putExecution(tx, { ...item.row, leaseUntil });
  return true;
}
