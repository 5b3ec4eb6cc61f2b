import { SQLiteError } from "bun:sqlite";
import { type ErrorCode, StigmerError } from "../contract/errors.ts";

interface Translation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

const diskFull: Translation = {
  code: "resource-exhausted",
  message: "disk full: the store could not write, nothing of this request was kept",
  hint: "free space on the volume of the data folder and try again; no restart is needed",
};

const ioFailed: Translation = {
  code: "unavailable",
  message: "the disk refused to read or write the store",
  hint: "check the disk, then restart the daemon: stigmer local stop && stigmer local start",
};

const corrupt: Translation = {
  code: "data-loss",
  message: "the store's file is damaged",
  hint: "restore a backup; what is intact can still be read and exported",
};

/** The first match wins, so a longer code stands before the family it belongs to. */
const translations: readonly (readonly [prefix: string, translation: Translation])[] = [
  ["SQLITE_FULL", diskFull],
  // SQLite reports ENOSPC as SQLITE_FULL everywhere but where it grows the shared-memory file.
  ["SQLITE_IOERR_SHMSIZE", diskFull],
  ["SQLITE_IOERR", ioFailed],
  ["SQLITE_CORRUPT", corrupt],
  ["SQLITE_NOTADB", corrupt],
  [
    "SQLITE_BUSY",
    {
      code: "unavailable",
      message: "another program holds the store's file locked",
      hint: "close the program that has the file open and try again",
    },
  ],
  [
    "SQLITE_CONSTRAINT_FOREIGNKEY",
    { code: "failed-precondition", message: "the row that this one belongs to does not exist" },
  ],
];

/** An error of SQLite in the words of the contract, with the original as its cause; any other error unchanged. */
export function translateSqliteError(thrown: unknown): unknown {
  if (!(thrown instanceof SQLiteError)) return thrown;
  const code = thrown.code ?? "";
  const found = translations.find(([prefix]) => code.startsWith(prefix))?.[1];
  if (found === undefined) return new StigmerError("internal", thrown.message, { cause: thrown });
  return new StigmerError(found.code, `${found.message} (${code})`, {
    ...(found.hint === undefined ? {} : { hint: found.hint }),
    cause: thrown,
  });
}

/** Faults of the disk rather than of one operation: they fail everything that shares the transaction. */
export type DiskFault = "full" | "io";

export function diskFaultOf(error: unknown): DiskFault | undefined {
  if (!(error instanceof StigmerError) || !(error.cause instanceof SQLiteError)) return undefined;
  if (error.code === diskFull.code) return "full";
  return error.cause.code?.startsWith("SQLITE_IOERR") ? "io" : undefined;
}
