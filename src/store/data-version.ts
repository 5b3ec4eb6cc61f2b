import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { StigmerError } from "../contract/errors.ts";
import { fileError } from "../system/file-error.ts";
import { Connection } from "./connection.ts";

/**
 * The version of the data in an existing file; `undefined` when there is none yet. Reads only: the
 * connection may neither write nor, when it closes, move the write-ahead log into the file.
 */
export function dataVersion(file: string): number | undefined {
  if (!hasContent(file)) return undefined;
  using db = new Connection(new Database(file, { readonly: true, strict: true }));
  return userVersion(db);
}

export function userVersion(db: Connection): number {
  return db.get<{ user_version: number }>("pragma user_version")?.user_version ?? 0;
}

/** Throws `newer-data` for a file that only a later release can read. */
export function refuseNewerData(file: string, known: number): void {
  const found = dataVersion(file);
  if (found === undefined || found <= known) return;
  throw new StigmerError(
    "newer-data",
    `${file} has data version ${found}; this release knows versions up to ${known}`,
    { hint: "use the newer release of stigmer, or restore a backup made before the upgrade" },
  );
}

function hasContent(file: string): boolean {
  try {
    return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  } catch (cause) {
    throw fileError("read", file, cause);
  }
}
