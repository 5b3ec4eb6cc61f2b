import { StigmerError } from "../../contract/errors.ts";
import type { Connection } from "../connection.ts";
import { insertRow, intact, selectList, type Stored } from "../table-format.ts";
import { type ResourceRow, resourceTable } from "../tables/resource-table.ts";
import { revisionTable } from "../tables/revision-table.ts";

/** A content to keep under the hash of its canonical JSON. */
export interface NewRevision {
  readonly hash: string;
  readonly body: Uint8Array;
  /** Hashes of artifacts that the content refers to: they stay as long as the revision does. */
  readonly artifacts?: readonly string[];
}

/**
 * Which contents of a resource stay: its current one, each that it ever had, or those of these
 * hashes. Pinned ones stay anyway.
 */
export type KeptRevisions = "current" | "all" | readonly string[];

/** What a resource keeps besides the revision that becomes its current one. */
export interface RevisionsBeside {
  /** `current` when left out. */
  readonly keptRevisions?: KeptRevisions;
  /** What it was before, written together with what it is. */
  readonly earlierRevisions?: readonly NewRevision[];
}

const selectById = `select ${selectList(resourceTable)} from resource where id = $id`;

/** Throws `not-found`, or `data-loss` when the row is damaged. */
export function storedResource(db: Connection, id: string): ResourceRow {
  const stored = db.get<Stored<ResourceRow>>(selectById, { id });
  if (stored === undefined) throw new StigmerError("not-found", `no resource ${id}`);
  return intact(resourceTable, stored);
}

/** Throws `failed-precondition` for an artifact that is not stored. */
export function keepRevision(db: Connection, kind: number, revision: NewRevision): void {
  const { hash, body, artifacts = [] } = revision;
  if (db.get("select 1 from revision where hash = $hash", { hash }) === undefined) {
    insertRow(db, revisionTable, { hash, kind, body });
  }
  for (const artifact of artifacts) {
    refuseUnknownArtifact(db, artifact);
    db.run(
      "insert or ignore into revision_artifact (revision_hash, hash) values ($hash, $artifact)",
      { hash, artifact },
    );
  }
}

/** Makes a revision the current one of a resource. Throws what {@link keepRevision} throws. */
export function keepRevisionOf(
  db: Connection,
  resource: Pick<ResourceRow, "id" | "kind" | "updatedAt">,
  revision: NewRevision,
  { keptRevisions: kept = "current", earlierRevisions = [] }: RevisionsBeside,
): void {
  const { id, kind, updatedAt: since } = resource;
  const { hash } = revision;
  const all = [...earlierRevisions, revision];
  for (const each of all) keepRevision(db, kind, each);
  if (kept !== "all") {
    const hashes = JSON.stringify(kept === "current" ? [hash] : kept);
    db.run(
      `delete from resource_revision where resource_id = $id
        and hash not in (select value from json_each($hashes))`,
      { id, hashes },
    );
  }
  for (const each of all) {
    db.run(
      `insert or ignore into resource_revision (resource_id, hash, since)
        values ($id, $hash, $since)`,
      { id, hash: each.hash, since },
    );
  }
}

/** Throws `failed-precondition` for an artifact that is not stored. */
export function refuseUnknownArtifact(db: Connection, hash: string): void {
  if (db.get("select 1 from artifact where hash = $hash", { hash }) !== undefined) return;
  throw new StigmerError("failed-precondition", `no artifact ${hash} to refer to`, {
    hint: "upload it, then try again",
  });
}

export function replaceLabels(
  db: Connection,
  id: string,
  labels: Readonly<Record<string, string>>,
): void {
  db.run("delete from label where resource_id = $id", { id });
  for (const [key, value] of Object.entries(labels)) {
    db.run("insert into label (resource_id, key, value) values ($id, $key, $value)", {
      id,
      key,
      value,
    });
  }
}

export function replaceReferences(db: Connection, id: string, targets: readonly string[]): void {
  db.run("delete from reference where from_id = $id", { id });
  for (const to of new Set(targets)) {
    db.run("insert into reference (from_id, to_id) values ($id, $to)", { id, to });
  }
}
