import { fromBinary, type Message } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StigmerError } from "../contract/errors.ts";
import { JournalEntryType } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { StoreReader } from "../store/store.ts";
import type { JournalEntry } from "../store/tables/journal-table.ts";
import type { ChangeFeed, Watch } from "./change-feed.ts";
import type { DeltaHub } from "./delta-hub.ts";
import type { ExecutionEvent, ExecutionFormat } from "./execution-format.ts";

/** Read from the journal at once: all that a slow reader costs. */
const readAheadBytes = 262_144;

export interface EventSources {
  readonly read: StoreReader;
  readonly feed: ChangeFeed;
  readonly deltas: DeltaHub;
}

export interface Subscription<Execution extends Message, Event extends ExecutionEvent> {
  readonly format: ExecutionFormat<Execution, Event>;
  readonly executionId: string;
  /** `undefined`: a snapshot first, then what comes after it. */
  readonly afterSequence: number | undefined;
  readonly snapshot: () => Execution;
  readonly signal: AbortSignal;
}

/**
 * Every event of an execution in order, then the end. It reads the journal from where the reader
 * is, so a slow reader is late and costs one chunk; memory only wakes it.
 */
export async function* executionEvents<Execution extends Message, Event extends ExecutionEvent>(
  sources: EventSources,
  subscription: Subscription<Execution, Event>,
): AsyncGenerator<Event, void, undefined> {
  const { executionId: id, signal, format } = subscription;
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
    const finished: Event[] = [];
    for (const entry of entries) {
      after = entry.seq;
      if (entry.type !== JournalEntryType.EVENT) continue;
      const found = eventOf(sources.read, format, entry);
      if (found) finished.push(found);
      if (found) yield found;
    }
    yield* format.deltas(pieces, finished);
    if (entries.length > 0) continue;
    if (hasEnded(sources.read, id) && lastSequence(sources.read, id) <= after) return;
    // oxlint-disable-next-line no-await-in-loop -- waits for the next change
    await changedOrAborted(watch, signal);
  }
}

function snapshotEvent<Execution extends Message, Event extends ExecutionEvent>(
  { format, snapshot }: Subscription<Execution, Event>,
  sequence: number,
): Event {
  const event = format.snapshot(snapshot());
  event.sequence = BigInt(sequence);
  return event;
}

/** The event of an entry; one without a payload stands in a row, under the number in the key. */
function eventOf<Event extends ExecutionEvent>(
  read: StoreReader,
  format: ExecutionFormat<never, Event>,
  entry: JournalEntry,
): Event | undefined {
  const found =
    entry.payload.length > 0
      ? (fromBinary(format.eventSchema, entry.payload) as Message as Event)
      : rowEvent(read, format, entry);
  if (!found) return undefined;
  found.sequence = BigInt(entry.seq);
  found.at = timestampFromMs(entry.at);
  // It was written before the journal gave it a place.
  if (found.event.case === "status")
    (found.event.value as { lastSequence: bigint }).lastSequence = found.sequence;
  return found;
}

function rowEvent<Event extends ExecutionEvent>(
  read: StoreReader,
  format: ExecutionFormat<never, Event>,
  entry: JournalEntry,
): Event | undefined {
  const sequence = Number(entry.key.split("#")[1]);
  const [item] = read.messages(entry.executionId, sequence - 1, 1);
  if (item?.kind === "corrupt") throw item.error;
  return item && format.rowEvent(item.row.body);
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

async function changedOrAborted(watch: Watch, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = (): void => aborted.resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([watch.changed(), aborted.promise]);
  signal.removeEventListener("abort", onAbort);
}
