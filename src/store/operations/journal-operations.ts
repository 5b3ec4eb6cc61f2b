import { StigmerError } from "../../contract/errors.ts";
import type { Transaction } from "../transaction.ts";
import { acceptSignal } from "./accept-signal.ts";
import { append, type Append } from "./append.ts";
import type { Operation, OperationTable } from "./operation-table.ts";
import { storedExecution } from "./stored-execution.ts";

export interface Signal {
  readonly executionId: string;
  readonly topic: string;
  /** The same key on the same topic is one signal, even after it was consumed; `null` for none. */
  readonly dedupKey: string | null;
  readonly payload: Uint8Array;
  readonly at: number;
}

export interface AcceptedSignal {
  readonly id: number;
  /** True when it had arrived before and nothing was written now. */
  readonly duplicate: boolean;
}

export interface JournalOperations {
  append: Operation<Append, { readonly lastSeq: number }>;
  /** Keeps a signal until it is consumed and wakes an execution that waits for its topic. Throws `not-found`, `failed-precondition` when the execution has ended. */
  signal: Operation<Signal, AcceptedSignal>;
}

export const journalOperations: OperationTable<JournalOperations> = {
  append,

  signal(tx, signal) {
    const execution = storedExecution(tx.db, signal.executionId);
    const known = earlierSignal(tx, signal);
    if (known !== undefined) return { id: known, duplicate: true };
    if (execution.state === "ended") {
      throw new StigmerError("failed-precondition", `${signal.executionId} has ended`);
    }
    const { topic, dedupKey, payload, at } = signal;
    const id = acceptSignal(tx, execution, { topic, dedupKey, payload, at });
    return { id, duplicate: false };
  },
};

function earlierSignal(tx: Transaction, signal: Signal): number | undefined {
  const { executionId, topic, dedupKey } = signal;
  return tx.db.get<{ id: number }>(
    `select id from signal
      where execution_id = $executionId and topic = $topic and dedup_key = $dedupKey`,
    { executionId, topic, dedupKey },
  )?.id;
}
