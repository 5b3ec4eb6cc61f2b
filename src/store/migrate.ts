import { copyFileSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import type { Connection } from "./connection.ts";
import { userVersion } from "./data-version.ts";
import { syncPath } from "../system/sync-path.ts";

/** Where the file as it was at a version is kept before it is migrated. */
export function keptCopyOf(file: string, version: number): string {
  return `${file}.v${version}`;
}

/**
 * Brings the open file to the newest version, each step in one transaction: a process that dies in
 * the middle leaves the file at one version or the next. An older file with data is copied first.
 */
export function migrate(db: Connection, file: string, migrations: readonly string[]): void {
  const from = userVersion(db);
  if (from > 0 && from < migrations.length) keepCopy(db, file, from);
  migrations.slice(from).forEach((script, index) => {
    db.script("begin immediate");
    try {
      db.script(script);
      db.script(`pragma user_version = ${from + index + 1}`);
      db.script("commit");
    } catch (thrown) {
      if (db.inTransaction) db.script("rollback");
      throw thrown;
    }
  });
}

function keepCopy(db: Connection, file: string, version: number): void {
  db.script("pragma wal_checkpoint(truncate)");
  const copy = keptCopyOf(file, version);
  const unfinished = `${copy}.tmp`;
  copyFileSync(file, unfinished);
  syncPath(unfinished);
  renameSync(unfinished, copy);
  syncPath(dirname(copy));
}
