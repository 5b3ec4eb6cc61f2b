import { StigmerError } from "../../contract/errors.ts";
import { conflictError } from "../conflict.ts";
import { insertRow, intact, putRow, selectList, type Stored } from "../table-format.ts";
import type { ExecutionRow } from "../tables/execution-table.ts";
import { coverTable } from "../tables/cover-table.ts";
import { type JournalEntry, journalTable } from "../tables/journal-table.ts";
import { type MessageRow, messageTable } from "../tables/message-table.ts";
import { type SignalRow, signalTable } from "../tables/signal-table.ts";
import type { Transaction } from "../transaction.ts";
import { growHistory } from "./history-size.ts";
import { anyTopic } from "../wait-topic.ts";
import { putExecution, refuseFenced, storedExecution, unheld } from "./stored-execution.ts";
import { type AwaitedEvents, listenForEvents } from "./listen-for-events.ts";
import { tellParent } from "./tell-parent.ts";
import { updateResource } from "./update-resource.ts";

/** One transaction of an execution's history and all that changes with it. */
export interface Append {
  readonly executionId: string;
  /** Of the lease; `null` when the daemon itself writes, which no lease prevents. */
  readonly fencingToken: number | null;
  /** The sequence that the writer believes to be the last; `null` to write after whatever is there. */
  readonly expectedSeq: number | null;
  readonly at: number;
  readonly entries: readonly NewEntry[];
  readonly messages?: readonly Omit<MessageRow, "executionId">[];
  readonly resourceBody?: Uint8Array;
  /** Refuses when the resource was changed since this version; goes with `resourceBody`. */
  readonly expectedResourceVersion?: number;
  readonly phase?: number;
  readonly consumedSignalIds?: readonly number[];
  /** What becomes of the lease; without it the lease stays. */
  readonly next?: NextState;
}

export interface NewEntry extends Omit<JournalEntry, "executionId" | "seq"> {
  /** The first of the entries that a resume no longer needs once it has this one. */
  readonly coversFrom?: number;
}

export type NextState =
  | { readonly kind: "end" }
  /** Suspended until the time, a signal on the topic (`*`: on any), or a cancel request; whichever is first. */
  | {
      readonly kind: "wait";
      readonly wakeAt?: number;
      readonly topic?: string;
      /** Published events that end the wait too; one that is there already ends it at once. */
      readonly events?: AwaitedEvents;
      /** The writer knows of the cancel request and waits while it cleans up: only then it may wait on. */
      readonly cancelKnown?: boolean;
    };

/**
 * Returns the sequence of the last entry. Throws `not-found`; `conflict` (fenced, sequence,
 * signal-gone, resource-changed); `failed-precondition` when the daemon writes to an ended execution.
 */
export function append(tx: Transaction, input: Append): { readonly lastSeq: number } {
  const execution = storedExecution(tx.db, input.executionId);
  refuseWriter(execution, input);
  insertEntries(tx, execution, input);
  const messageBytes = putMessages(tx, input);
  for (const id of input.consumedSignalIds ?? []) consumeSignal(tx, execution.id, id);
  changeResource(tx, input);
  const lastSeq = execution.lastSeq + input.entries.length;
  const phase = input.phase ?? execution.phase;
  growHistory(tx.db, {
    executionId: execution.id,
    bytes: messageBytes + input.entries.reduce((sum, { payload }) => sum + payload.byteLength, 0),
    ...(input.next?.kind === "end" && { endedAt: input.at }),
  });
  putExecution(tx, nextExecution(tx, { ...execution, lastSeq, phase }, input.next));
  if (input.next?.kind === "end") tellParent(tx, execution.id, input.at);
  return { lastSeq };
}

function refuseWriter(execution: ExecutionRow, { fencingToken, expectedSeq }: Append): void {
  if (fencingToken !== null) refuseFenced(execution, fencingToken);
  else if (execution.state === "ended") {
    throw new StigmerError("failed-precondition", `${execution.id} has ended`);
  }
  if (expectedSeq === null || expectedSeq === execution.lastSeq) return;
  throw conflictError(
    { kind: "sequence", lastSeq: execution.lastSeq },
    `the journal of ${execution.id} ends at ${execution.lastSeq}, not ${expectedSeq}`,
    "read the journal from there and append again",
  );
}

function insertEntries(tx: Transaction, execution: ExecutionRow, { entries }: Append): void {
  const { id: executionId } = execution;
  entries.forEach(({ coversFrom, ...entry }, index) => {
    const seq = execution.lastSeq + index + 1;
    insertRow(tx.db, journalTable, { executionId, seq, ...entry });
    if (coversFrom === undefined) return;
    refuseCover(executionId, coversFrom, seq);
    insertRow(tx.db, coverTable, { executionId, seq, fromSeq: coversFrom });
  });
}

function refuseCover(executionId: string, fromSeq: number, seq: number): void {
  if (fromSeq >= 1 && fromSeq < seq) return;
  const message = `entry ${seq} of ${executionId} cannot cover what starts at ${fromSeq}`;
  throw new StigmerError("invalid-argument", message);
}

/** Returns how many bytes it adds; a message that is written again replaces the first. */
function putMessages(tx: Transaction, { executionId, messages = [] }: Append): number {
  let bytes = 0;
  for (const message of messages) {
    const { sequence } = message;
    const replaced = tx.db.get<{ bytes: number }>(
      `select length(body) as bytes from message
        where execution_id = $executionId and sequence = $sequence`,
      { executionId, sequence },
    );
    putRow(tx.db, messageTable, { executionId, ...message });
    bytes += message.body.byteLength - (replaced?.bytes ?? 0);
  }
  return bytes;
}

function consumeSignal(tx: Transaction, executionId: string, signalId: number): void {
  const stored = tx.db.get<Stored<SignalRow>>(
    `select ${selectList(signalTable)} from signal
      where id = $signalId and execution_id = $executionId and consumed = 0`,
    { signalId, executionId },
  );
  if (stored === undefined) {
    const message = `no pending signal ${signalId} for ${executionId}`;
    throw conflictError({ kind: "signal-gone", signalId }, message);
  }
  putRow(tx.db, signalTable, {
    ...intact(signalTable, stored),
    consumed: 1,
    payload: new Uint8Array(),
  });
}

function changeResource(tx: Transaction, input: Append): void {
  if (input.resourceBody === undefined && input.phase === undefined) return;
  updateResource(tx, {
    id: input.executionId,
    updatedAt: input.at,
    ...(input.expectedResourceVersion !== undefined && {
      expectedVersion: input.expectedResourceVersion,
    }),
    ...(input.resourceBody !== undefined && { body: input.resourceBody }),
    ...(input.phase !== undefined && { phase: input.phase }),
  });
}

function nextExecution(
  tx: Transaction,
  execution: ExecutionRow,
  next: NextState | undefined,
): ExecutionRow {
  if (next === undefined) return execution;
  const isAwaitedThere = listenForEvents(
    tx,
    execution,
    next.kind === "wait" ? next.events : undefined,
  );
  if (next.kind === "end") return { ...execution, ...unheld, state: "ended" };
  const topic = next.topic ?? null;
  const cancelUnseen = execution.cancelReason !== null && next.cancelKnown !== true;
  if (cancelUnseen || isAwaitedThere || isSignalled(tx, execution.id, topic)) {
    return { ...execution, ...unheld, state: "ready" };
  }
  const wakeAt = next.wakeAt ?? null;
  return { ...execution, ...unheld, state: "waiting", wakeAt, waitTopic: topic };
}

/** A signal that came before anybody waited for it is not lost: the wait is over at once. */
function isSignalled(tx: Transaction, executionId: string, topic: string | null): boolean {
  if (topic === null) return false;
  const ofTopic = topic === anyTopic ? "" : "and topic = $topic";
  const pending = tx.db.get(
    `select 1 from signal
      where execution_id = $executionId ${ofTopic} and consumed = 0 limit 1`,
    { executionId, ...(topic === anyTopic ? {} : { topic }) },
  );
  return pending !== undefined;
}
