import { Database } from "bun:sqlite";
import { chmodSync, closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { fileError } from "../system/file-error.ts";
import { Connection } from "./connection.ts";
import { refuseNewerData } from "./data-version.ts";
import { migrate } from "./migrate.ts";
import { migrations as released } from "./schema/migrations.ts";
import { syncPath } from "../system/sync-path.ts";

/** How long a write waits for another program that holds the file locked. */
const busyTimeoutMs = 5000;

/**
 * The writing connection. Creates the file (0600; SQLite gives the same mode to the files beside it)
 * and migrates it. Throws `newer-data` before anything is opened for writing.
 */
export function openForWriting(file: string, migrations: readonly string[] = released): Connection {
  refuseNewerData(file, migrations.length);
  createPrivately(file);
  const db = new Connection(new Database(file, { readwrite: true, strict: true }));
  try {
    // FULL: with NORMAL, hundreds of acknowledged writes were lost in power cuts.
    db.script("pragma journal_mode = wal");
    db.script("pragma synchronous = full");
    db.script("pragma foreign_keys = on");
    db.script(`pragma busy_timeout = ${busyTimeoutMs}`);
    db.script("pragma wal_autocheckpoint = 0");
    migrate(db, file, migrations);
    return db;
  } catch (thrown) {
    db[Symbol.dispose]();
    throw thrown;
  }
}

/** A connection that can only read, beside the writing one. */
export function openForReading(file: string): Connection {
  const db = new Connection(new Database(file, { readonly: true, strict: true }));
  db.script("pragma query_only = on");
  return db;
}

function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
    syncPath(dirname(file));
  } catch (cause) {
    throw fileError("create", file, cause);
  }
}
