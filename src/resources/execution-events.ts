import { create, fromBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StigmerError } from "../contract/errors.ts";
import type { AgentExecution } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import {
  type AgentExecutionEvent,
  AgentExecutionEventSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { AgentMessageSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { JournalEntryType } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { StoreReader } from "../store/store.ts";
import type { JournalEntry } from "../store/tables/journal-table.ts";
import type { ChangeFeed, Watch } from "./change-feed.ts";
import type { DeltaHub } from "./delta-hub.ts";

/** Read from the journal at once: all that a slow reader costs. */
const readAheadBytes = 262_144;

export interface EventSources {
  readonly read: StoreReader;
  readonly feed: ChangeFeed;
  readonly deltas: DeltaHub;
}

export interface Subscription {
  readonly executionId: string;
  /** `undefined`: a snapshot first, then what comes after it. */
  readonly afterSequence: number | undefined;
  readonly snapshot: () => AgentExecution;
  readonly signal: AbortSignal;
}

/**
 * Every event of an execution in order, then the end. It reads the journal from where the reader
 * is, so a slow reader is late and costs one chunk; memory only wakes it.
 */
export async function* executionEvents(
  sources: EventSources,
  subscription: Subscription,
): AsyncGenerator<AgentExecutionEvent, void, undefined> {
  const { executionId: id, signal } = subscription;
  using watch = sources.feed.watch(id);
  using deltas = sources.deltas.subscribe(id);
  let after = subscription.afterSequence;
  if (after === undefined) {
    after = lastSequence(sources.read, id);
    yield snapshotEvent(subscription, after);
  }
  while (!signal.aborted) {
    watch.reset();
    const pieces = deltas.take();
    const entries = sources.read.journal(id, after, readAheadBytes);
    const finished = new Set<string>();
    for (const entry of entries) {
      after = entry.seq;
      const found =
        entry.type === JournalEntryType.EVENT ? eventOf(sources.read, entry) : undefined;
      if (found?.event.case === "message") finished.add(found.event.value.id);
      if (found) yield found;
    }
    // A piece of a message that is finished by now would come after the whole of it.
    for (const value of pieces) {
      if (!finished.has(value.messageId)) yield event({ case: "delta", value });
    }
    if (entries.length > 0) continue;
    if (hasEnded(sources.read, id) && lastSequence(sources.read, id) <= after) return;
    // oxlint-disable-next-line no-await-in-loop -- waits for the next change
    await changedOrAborted(watch, signal);
  }
}

function snapshotEvent(subscription: Subscription, sequence: number): AgentExecutionEvent {
  const snapshot = event({ case: "snapshot", value: subscription.snapshot() });
  snapshot.sequence = BigInt(sequence);
  return snapshot;
}

/** The event of an entry; a message stands in its own table, under the number in the key. */
function eventOf(read: StoreReader, entry: JournalEntry): AgentExecutionEvent | undefined {
  const found =
    entry.payload.length > 0
      ? fromBinary(AgentExecutionEventSchema, entry.payload)
      : messageEvent(read, entry);
  if (!found) return undefined;
  found.sequence = BigInt(entry.seq);
  found.at = timestampFromMs(entry.at);
  // It was written before the journal gave it a place.
  if (found.event.case === "status") found.event.value.lastSequence = found.sequence;
  return found;
}

function messageEvent(read: StoreReader, entry: JournalEntry): AgentExecutionEvent | undefined {
  const sequence = Number(entry.key.split("#")[1]);
  const [item] = read.messages(entry.executionId, sequence - 1, 1);
  if (item?.kind === "corrupt") throw item.error;
  return item && event({ case: "message", value: fromBinary(AgentMessageSchema, item.row.body) });
}

function lastSequence(read: StoreReader, id: string): number {
  return executionRow(read, id).lastSeq;
}

function hasEnded(read: StoreReader, id: string): boolean {
  return executionRow(read, id).state === "ended";
}

function executionRow(
  read: StoreReader,
  id: string,
): NonNullable<ReturnType<StoreReader["execution"]>> {
  const row = read.execution(id);
  if (row) return row;
  throw new StigmerError("not-found", `the execution ${id} is gone`, {
    hint: "stigmer execution list",
  });
}

function event(value: AgentExecutionEvent["event"]): AgentExecutionEvent {
  return create(AgentExecutionEventSchema, { event: value });
}

async function changedOrAborted(watch: Watch, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = (): void => aborted.resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([watch.changed(), aborted.promise]);
  signal.removeEventListener("abort", onAbort);
}
