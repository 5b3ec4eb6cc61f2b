import type { Connection } from "../connection.ts";
import { type EventQuery, eventsOf } from "../event-log.ts";
import { type Checked, checked, intact, selectList, type Stored } from "../table-format.ts";
import { type ArtifactRow, artifactTable } from "../tables/artifact-table.ts";
import type { EventRow } from "../tables/event-table.ts";
import { type CoverRow, coverTable } from "../tables/cover-table.ts";
import { type JournalEntry, journalTable } from "../tables/journal-table.ts";
import { type MessageRow, messageTable } from "../tables/message-table.ts";

export interface JournalReader {
  /**
   * The entries after a sequence (up to another), in order, as many as fit in `maxBytes` of payload
   * but at least one.
   * Throws `data-loss` at a damaged entry: nothing may be resumed beyond it.
   */
  journal(
    executionId: string,
    afterSeq: number,
    maxBytes: number,
    lastSeq?: number,
  ): JournalEntry[];
  /**
   * What a resume needs of the journal up to `lastSeq`, in order: everything but what a later outcome
   * covers. Costs a query for each cover that is not itself covered. Throws `data-loss`.
   */
  liveRanges(executionId: string, lastSeq: number): LiveRange[];
  messages(executionId: string, afterSequence: number, limit: number): Checked<MessageRow>[];
  /** Published events, oldest first. Throws `data-loss` at a damaged one. */
  events(query: EventQuery, limit: number): EventRow[];
  /** What is known of an artifact; its content is read with `artifacts.open`. */
  artifact(hash: string): ArtifactRow | undefined;
  /** Whether there is a row of it, damaged or not. */
  hasArtifact(hash: string): boolean;
}

/** A piece of a journal; both ends belong to it. */
export interface LiveRange {
  readonly first: number;
  readonly last: number;
  /** Set when the first entry covers the ones before it, from here on. */
  readonly coversFrom?: number;
}

const entriesAfter = `select ${selectList(journalTable)} from journal
  where execution_id = $executionId and seq > $afterSeq and seq <= $lastSeq order by seq`;
const newestCover = `select ${selectList(coverTable)} from journal_cover
  where execution_id = $executionId and seq <= $lastSeq order by seq desc limit 1`;
const messagesAfter = `select ${selectList(messageTable)} from message
  where execution_id = $executionId and sequence > $afterSequence order by sequence limit $limit`;
const artifactByHash = `select ${selectList(artifactTable)} from artifact where hash = $hash`;

export function journalReader(db: Connection): JournalReader {
  return {
    journal(executionId, afterSeq, maxBytes, lastSeq = Number.MAX_SAFE_INTEGER) {
      const entries: JournalEntry[] = [];
      let bytes = 0;
      const range = { executionId, afterSeq, lastSeq };
      for (const stored of db.each<Stored<JournalEntry>>(entriesAfter, range)) {
        bytes += stored.payload.byteLength;
        if (bytes > maxBytes && entries.length > 0) break;
        entries.push(intact(journalTable, stored));
      }
      return entries;
    },
    liveRanges(executionId, lastSeq) {
      const ranges: LiveRange[] = [];
      for (let last = lastSeq; last > 0;) {
        const stored = db.get<Stored<CoverRow>>(newestCover, { executionId, lastSeq: last });
        const cover = stored && intact(coverTable, stored);
        ranges.push(
          cover ? { first: cover.seq, last, coversFrom: cover.fromSeq } : { first: 1, last },
        );
        last = (cover?.fromSeq ?? 1) - 1;
      }
      return ranges.toReversed();
    },
    messages: (executionId, afterSequence, limit) =>
      db
        .all<Stored<MessageRow>>(messagesAfter, { executionId, afterSequence, limit })
        .map((stored) =>
          checked("message", messageTable.identity(stored), () => intact(messageTable, stored)),
        ),
    events: (query, limit) => eventsOf(db, query, limit),
    artifact(hash) {
      const stored = db.get<Stored<ArtifactRow>>(artifactByHash, { hash });
      return stored && intact(artifactTable, stored);
    },
    hasArtifact: (hash) =>
      db.get("select 1 from artifact where hash = $hash", { hash }) !== undefined,
  };
}
