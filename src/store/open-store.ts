import type { StigmerError } from "../contract/errors.ts";
import { type Artifacts, openArtifacts } from "./artifacts.ts";
import type { Connection } from "./connection.ts";
import { inspectStore } from "./inspect-store.ts";
import { Listeners } from "./listeners.ts";
import { openForReading } from "./open-database.ts";
import type { OperationName, Operations } from "./operations/operations.ts";
import { executionReader } from "./readers/execution-reader.ts";
import { historyExportReader } from "./readers/history-export-reader.ts";
import { historyReader } from "./readers/history-reader.ts";
import { journalReader } from "./readers/journal-reader.ts";
import { resourceReader } from "./readers/resource-reader.ts";
import { scheduleReader } from "./readers/schedule-reader.ts";
import type { Logger } from "../system/log.ts";
import type { Store, StoreReader, StoreSnapshot } from "./store.ts";
import type { Change } from "./transaction.ts";
import { WriterClient } from "./writer-client.ts";
import { writerLocation } from "./writer-location.ts";

export interface StoreOptions {
  /** The database file; created when missing, migrated when older. Its folder must exist. */
  readonly file: string;
  readonly artifactsDir: string;
  readonly log: Logger;
}

/**
 * Opens the store. The caller holds the lock of the data folder: two stores on one file would be two
 * writers. Throws `newer-data` (and changes nothing), `data-loss`, `unavailable`, `resource-exhausted`.
 */
export async function openStore({ file, artifactsDir, log }: StoreOptions): Promise<Store> {
  const committed = new Listeners<readonly Change[]>(log);
  const failed = new Listeners<StigmerError>(log);
  await using parts = new AsyncDisposableStack();
  const writer = parts.use(
    await WriterClient.start({
      file,
      log,
      location: writerLocation(),
      onCommitted: (changes) => committed.tell(changes),
      onFailed: (error) => failed.tell(error),
    }),
  );
  const db = parts.use(openForReading(file));
  const read = storeReader(db);
  const artifacts = await openStoreArtifacts(artifactsDir, read, writer);
  const opened = parts.move();
  return {
    read,
    artifacts,
    get failure() {
      return writer.failure;
    },
    write: (operation, input) => write(writer, operation, input),
    inspect: (budgetMs) => inspectStore({ file, artifactsDir, budgetMs }),
    snapshot: () => snapshotOf(file),
    onCommitted: (listener) => committed.add(listener),
    onFailed: (listener) => failed.add(listener),
    async [Symbol.asyncDispose]() {
      // What waits for a queued write may still read; the reader closes before the writer's file does.
      await writer.drain();
      await opened.disposeAsync();
    },
  };
}

function storeReader(db: Connection): StoreReader {
  return {
    ...resourceReader(db),
    ...executionReader(db),
    ...journalReader(db),
    ...historyReader(db),
    ...historyExportReader(db),
    ...scheduleReader(db),
  };
}

/** A connection of its own whose one transaction begins here and now. */
function snapshotOf(file: string): StoreSnapshot {
  const db = openForReading(file);
  try {
    db.script("begin");
    // A transaction sees what is committed when it first reads.
    db.get("select 1 from resource limit 1");
  } catch (thrown) {
    db[Symbol.dispose]();
    throw thrown;
  }
  return { read: storeReader(db), [Symbol.dispose]: () => db[Symbol.dispose]() };
}

function openStoreArtifacts(
  folder: string,
  read: StoreReader,
  writer: WriterClient,
): Promise<Artifacts> {
  return openArtifacts(folder, {
    find: (hash) => read.artifact(hash),
    record: (artifact) => write(writer, "recordArtifact", artifact),
    has: (hash) => read.hasArtifact(hash),
    use: (afterHash, limit, before) => read.artifactUse(afterHash, limit, before),
    drop: (hash, before) => write(writer, "dropArtifact", { hash, before }),
  });
}

/** The one place where the type of an operation is lost and found again. */
function write<Name extends OperationName>(
  writer: WriterClient,
  operation: Name,
  input: Operations[Name]["input"],
): Promise<Operations[Name]["output"]> {
  return writer.write({ operation, input }) as Promise<Operations[Name]["output"]>;
}
