import type { StigmerError } from "../contract/errors.ts";
import type { Artifacts } from "./artifacts.ts";
import type { StoreInspection } from "./inspect-store.ts";
import type { OperationName, Operations } from "./operations/operations.ts";
import type { ExecutionReader } from "./readers/execution-reader.ts";
import type { HistoryExportReader } from "./readers/history-export-reader.ts";
import type { HistoryReader } from "./readers/history-reader.ts";
import type { JournalReader } from "./readers/journal-reader.ts";
import type { ResourceReader } from "./readers/resource-reader.ts";
import type { ScheduleReader } from "./readers/schedule-reader.ts";
import type { Change } from "./transaction.ts";

/** Reads at once, on the calling thread, what is committed; a write under way never delays it. */
export interface StoreReader
  extends
    ResourceReader,
    ExecutionReader,
    JournalReader,
    HistoryReader,
    HistoryExportReader,
    ScheduleReader {}

/** The store as it was when this was taken. */
export interface StoreSnapshot extends Disposable {
  readonly read: StoreReader;
}

/** What is kept, and the only way to change it. Bodies and payloads are opaque bytes. */
export interface Store extends AsyncDisposable {
  readonly read: StoreReader;
  readonly artifacts: Artifacts;
  /** Why nothing can be written any more; `undefined` while all is well. */
  readonly failure: StigmerError | undefined;
  /**
   * Resolves when the write is durable. Besides what the operation says, throws
   * `resource-exhausted` (disk full; the next write is tried again) and `unavailable` (the store is
   * read-only, its writer has stopped, or it is closed).
   */
  write<Name extends OperationName>(
    operation: Name,
    input: Operations[Name]["input"],
  ): Promise<Operations[Name]["output"]>;
  /** Reads what is committed now, whatever is written meanwhile. Hold it no longer than needed. */
  snapshot(): StoreSnapshot;
  /** Called after each commit, before the writes of it resolve. Returns what ends it. */
  onCommitted(listener: (changes: readonly Change[]) => void): Disposable;
  /** Looks for damage for at most `budgetMs`, in pieces that let other work through. */
  inspect(budgetMs: number): Promise<StoreInspection>;
  /** Called once when no further write is possible. Returns what ends it. */
  onFailed(listener: (failure: StigmerError) => void): Disposable;
}
