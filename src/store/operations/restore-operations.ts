import { StigmerError } from "../../contract/errors.ts";
import type { Connection } from "../connection.ts";
import { insertRow, putRow } from "../table-format.ts";
import { coverTable } from "../tables/cover-table.ts";
import { executionTable } from "../tables/execution-table.ts";
import { type JournalEntry, journalTable } from "../tables/journal-table.ts";
import { type MessageRow, messageTable } from "../tables/message-table.ts";
import { type ResourceRow, resourceTable } from "../tables/resource-table.ts";
import type { Transaction } from "../transaction.ts";
import { growHistory } from "./history-size.ts";
import type { Operation, OperationTable } from "./operation-table.ts";
import { storedExecution, unheld } from "./stored-execution.ts";
import {
  keepRevision,
  type NewRevision,
  refuseUnknownArtifact,
  replaceLabels,
  replaceReferences,
} from "./stored-resource.ts";

export interface RestoredRevision extends NewRevision {
  readonly kind: number;
}

export interface RestoredResource {
  readonly row: ResourceRow;
  readonly labels: Readonly<Record<string, string>>;
  readonly references: readonly string[];
  /** Hashes; they are there already. */
  readonly artifacts: readonly string[];
  /** What it is pinned to and its own, where they are not there already. */
  readonly revisions: readonly RestoredRevision[];
}

export interface RestoredExecution extends RestoredResource {
  readonly sessionId: string | null;
  readonly attempt: number;
  readonly cancelReason: string | null;
  readonly pinned: readonly string[];
}

/** What belongs to an execution that is being restored. */
export interface RestoredRows {
  readonly journal: readonly (JournalEntry & { readonly coversFrom?: number })[];
  readonly messages: readonly MessageRow[];
}

export interface RestoredEnd {
  readonly id: string;
  readonly endedAt: number;
  readonly lastSeq: number;
}

/**
 * What a history of another store is put back with. An execution is restored when its end is: until
 * then it has no place in the history, so that the next import begins it anew.
 */
export interface RestoreOperations {
  /** Throws `already-exists`; `failed-precondition` for an artifact that is not stored. */
  restoreResource: Operation<RestoredResource, void>;
  /** Throws the same; `not-found` for a revision or a session that is not there. */
  restoreExecution: Operation<RestoredExecution, void>;
  restoreRows: Operation<RestoredRows, void>;
  /** Throws `failed-precondition` when rows of it are missing. */
  restoreEnd: Operation<RestoredEnd, void>;
  /** Removes what has no end: one execution, or each. Returns how many. */
  removeUnfinished: Operation<{ readonly id?: string }, number>;
}

export const restoreOperations: OperationTable<RestoreOperations> = {
  restoreResource(tx, resource) {
    insertResource(tx, resource);
    tx.changed({ kind: resource.row.kind, id: resource.row.id, effect: "created" });
  },

  restoreExecution(tx, { sessionId, attempt, cancelReason, pinned, ...resource }) {
    const { id, kind, createdAt, phase } = resource.row;
    removeUnfinished(tx, { id });
    insertResource(tx, resource);
    insertRow(tx.db, executionTable, {
      ...over,
      id,
      kind,
      sessionId,
      phase,
      createdAt,
      cancelReason,
      attempt,
      lastSeq: 0,
    });
    for (const hash of pinned) {
      tx.db.run("insert into pinned_revision (execution_id, hash) values ($id, $hash)", {
        id,
        hash,
      });
    }
  },

  restoreRows(tx, { journal, messages }) {
    for (const { coversFrom, ...entry } of journal) {
      insertRow(tx.db, journalTable, entry);
      if (coversFrom === undefined) continue;
      const { executionId, seq } = entry;
      insertRow(tx.db, coverTable, { executionId, seq, fromSeq: coversFrom });
    }
    for (const message of messages) insertRow(tx.db, messageTable, message);
  },

  restoreEnd(tx, { id, endedAt, lastSeq }) {
    const execution = storedExecution(tx.db, id);
    const { entries, bytes } = sizeOf(tx.db, id);
    if (entries !== lastSeq) {
      throw new StigmerError("failed-precondition", `the journal of ${id} is not whole`);
    }
    putRow(tx.db, executionTable, { ...execution, lastSeq });
    growHistory(tx.db, { executionId: id, bytes, endedAt });
    tx.changed({ kind: execution.kind, id, effect: "created" });
  },

  removeUnfinished,
};

/** Nobody was told of it: it is restored with its end. */
function removeUnfinished({ db }: Transaction, { id }: { readonly id?: string }): number {
  const unfinished = `select id from execution where state = 'ended'
    and not exists (select 1 from history where execution_id = execution.id)`;
  const remove = `delete from resource where id in (${unfinished}`;
  return id === undefined ? db.run(`${remove})`) : db.run(`${remove} and id = $id)`, { id });
}

/** Nobody runs it and nobody will. */
const over = { ...unheld, state: "ended", fencingToken: 0, credentialProviders: null } as const;

function insertResource(tx: Transaction, resource: RestoredResource): void {
  const { row, labels, references, artifacts, revisions } = resource;
  const { id, updatedAt, revisionHash } = row;
  if (tx.db.get("select 1 from resource where id = $id", { id }) !== undefined) {
    throw new StigmerError("already-exists", `${id} is there already`);
  }
  insertRow(tx.db, resourceTable, { ...row, parentId: storedParent(tx.db, row.parentId) });
  replaceLabels(tx.db, id, labels);
  replaceReferences(tx.db, id, references);
  for (const { kind, ...revision } of revisions) keepRevision(tx.db, kind, revision);
  if (revisionHash !== null) {
    tx.db.run(
      "insert into resource_revision (resource_id, hash, since) values ($id, $revisionHash, $updatedAt)",
      { id, revisionHash, updatedAt },
    );
  }
  for (const hash of artifacts) keepArtifact(tx.db, id, hash);
}

/** A child outlives its parent: what is not there any more is no parent. */
function storedParent(db: Connection, id: string | null): string | null {
  const parent = db.get<{ id: string }>("select id from resource where id = $id", { id });
  return parent?.id ?? null;
}

/** What it adds to the history is counted when its execution is whole. */
function keepArtifact(db: Connection, id: string, hash: string): void {
  refuseUnknownArtifact(db, hash);
  db.run("insert or ignore into resource_artifact (resource_id, hash) values ($id, $hash)", {
    id,
    hash,
  });
}

function sizeOf(db: Connection, id: string): { entries: number; bytes: number } {
  const size = db.get<{ entries: number; bytes: number }>(
    `select (select count(*) from journal where execution_id = $id) as entries,
            (select coalesce(sum(length(payload)), 0) from journal where execution_id = $id)
            + (select coalesce(sum(length(body)), 0) from message where execution_id = $id)
            + (select coalesce(sum(artifact.size), 0)
                 from resource_artifact join artifact on artifact.hash = resource_artifact.hash
                where resource_artifact.resource_id = $id) as bytes`,
    { id },
  );
  return size ?? { entries: 0, bytes: 0 };
}
