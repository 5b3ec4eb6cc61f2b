import { type Checked, checked, intact, type Stored, type TableFormat } from "../table-format.ts";

export type ExecutionState = "ready" | "leased" | "waiting" | "ended";

/** What dispatch knows of an execution; the execution itself is the resource of the same id. */
export interface ExecutionRow {
  readonly id: string;
  readonly kind: number;
  /** Executions of one session run one after the other, in order of creation. */
  readonly sessionId: string | null;
  readonly phase: number;
  readonly state: ExecutionState;
  readonly createdAt: number;
  readonly runnerId: string | null;
  /** Of the last claim; 0 before the first. Grows over the whole store, never repeats. */
  readonly fencingToken: number;
  readonly leaseUntil: number | null;
  readonly wakeAt: number | null;
  readonly waitTopic: string | null;
  readonly cancelReason: string | null;
  /** How often it was claimed. */
  readonly attempt: number;
  readonly credentialProviders: string | null;
  /** Sequence of the newest journal entry; 0 before the first. */
  readonly lastSeq: number;
}

export const executionTable: TableFormat<ExecutionRow> = {
  table: "execution",
  primaryKey: ["id"],
  columns: {
    id: "id",
    kind: "kind",
    sessionId: "session_id",
    phase: "phase",
    state: "state",
    createdAt: "created_at",
    runnerId: "runner_id",
    fencingToken: "fencing_token",
    leaseUntil: "lease_until",
    wakeAt: "wake_at",
    waitTopic: "wait_topic",
    cancelReason: "cancel_reason",
    attempt: "attempt",
    credentialProviders: "credential_providers",
    lastSeq: "last_seq",
  },
  identity: (row) => `kind ${row.kind}, id ${row.id}`,
};

export function checkedExecution(stored: Stored<ExecutionRow>): Checked<ExecutionRow> {
  return checked(executionTable.table, stored.id, () => intact(executionTable, stored));
}
