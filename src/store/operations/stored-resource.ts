import { StigmerError } from "../../contract/errors.ts";
import type { Connection } from "../connection.ts";
import { insertRow, intact, selectList, type Stored } from "../table-format.ts";
import { type ResourceRow, resourceTable } from "../tables/resource-table.ts";
import { revisionTable } from "../tables/revision-table.ts";

/** A content to keep under the hash of its canonical JSON. */
export interface NewRevision {
  readonly hash: string;
  readonly body: Uint8Array;
}

const selectById = `select ${selectList(resourceTable)} from resource where id = $id`;

/** Throws `not-found`, or `data-loss` when the row is damaged. */
export function storedResource(db: Connection, id: string): ResourceRow {
  const stored = db.get<Stored<ResourceRow>>(selectById, { id });
  if (stored === undefined) throw new StigmerError("not-found", `no resource ${id}`);
  return intact(resourceTable, stored);
}

export function keepRevision(db: Connection, kind: number, revision: NewRevision): void {
  const { hash, body } = revision;
  if (db.get("select 1 from revision where hash = $hash", { hash }) !== undefined) return;
  insertRow(db, revisionTable, { hash, kind, body });
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
