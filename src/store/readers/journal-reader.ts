import type { Connection } from "../connection.ts";
import { type Checked, checked, intact, selectList, type Stored } from "../table-format.ts";
import { type ArtifactRow, artifactTable } from "../tables/artifact-table.ts";
import { type JournalEntry, journalTable } from "../tables/journal-table.ts";
import { type MessageRow, messageTable } from "../tables/message-table.ts";

export interface JournalReader {
  /**
   * The entries after a sequence, in order, as many as fit in `maxBytes` of payload but at least one.
   * Throws `data-loss` at a damaged entry: nothing may be resumed beyond it.
   */
  journal(executionId: string, afterSeq: number, maxBytes: number): JournalEntry[];
  messages(executionId: string, afterSequence: number, limit: number): Checked<MessageRow>[];
  /** What is known of an artifact; its content is read with `artifacts.open`. */
  artifact(hash: string): ArtifactRow | undefined;
  /** Whether there is a row of it, damaged or not. */
  hasArtifact(hash: string): boolean;
}

const entriesAfter = `select ${selectList(journalTable)} from journal
  where execution_id = $executionId and seq > $afterSeq order by seq`;
const messagesAfter = `select ${selectList(messageTable)} from message
  where execution_id = $executionId and sequence > $afterSequence order by sequence limit $limit`;
const artifactByHash = `select ${selectList(artifactTable)} from artifact where hash = $hash`;

export function journalReader(db: Connection): JournalReader {
  return {
    journal(executionId, afterSeq, maxBytes) {
      const entries: JournalEntry[] = [];
      let bytes = 0;
      for (const stored of db.each<Stored<JournalEntry>>(entriesAfter, { executionId, afterSeq })) {
        bytes += stored.payload.byteLength;
        if (bytes > maxBytes && entries.length > 0) break;
        entries.push(intact(journalTable, stored));
      }
      return entries;
    },
    messages: (executionId, afterSequence, limit) =>
      db
        .all<Stored<MessageRow>>(messagesAfter, { executionId, afterSequence, limit })
        .map((stored) =>
          checked("message", messageTable.identity(stored), () => intact(messageTable, stored)),
        ),
    artifact(hash) {
      const stored = db.get<Stored<ArtifactRow>>(artifactByHash, { hash });
      return stored && intact(artifactTable, stored);
    },
    hasArtifact: (hash) =>
      db.get("select 1 from artifact where hash = $hash", { hash }) !== undefined,
  };
}
