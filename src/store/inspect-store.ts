import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { StigmerError, toStigmerError } from "../contract/errors.ts";
import type { Connection } from "./connection.ts";
import { openForReading } from "./open-database.ts";
import { intact, selectList, type Stored, type TableFormat } from "./table-format.ts";
import { type ArtifactRow, artifactTable } from "./tables/artifact-table.ts";
import { childTable } from "./tables/child-table.ts";
import { counterTable } from "./tables/counter-table.ts";
import { coverTable } from "./tables/cover-table.ts";
import { declarationTable } from "./tables/declaration-table.ts";
import { eventTable } from "./tables/event-table.ts";
import { executionTable } from "./tables/execution-table.ts";
import { journalTable } from "./tables/journal-table.ts";
import { messageTable } from "./tables/message-table.ts";
import { resourceTable } from "./tables/resource-table.ts";
import { revisionTable } from "./tables/revision-table.ts";
import { scheduleTable } from "./tables/schedule-table.ts";
import { signalTable } from "./tables/signal-table.ts";

export interface StoreInspection {
  /** Pages and indexes as SQLite sees them; a large file is not looked at. */
  readonly structure: Findings;
  /** Each row against its SHA-256. */
  readonly rows: Findings;
  /** The files of artifacts: there, and of their size. */
  readonly artifacts: Findings;
  readonly databaseBytes: number;
  /** Of the write-ahead log. */
  readonly logBytes: number;
}

export interface Findings {
  /** How many were looked at. */
  readonly checked: number;
  /** False: the time was over first. */
  readonly complete: boolean;
  /** How many are damaged. */
  readonly damaged: number;
  /** A sentence for each of the first few. */
  readonly examples: readonly string[];
}

export interface InspectionOptions {
  readonly file: string;
  readonly artifactsDir: string;
  readonly budgetMs: number;
}

/** What definitions are made of comes first: when the time is over, it is history that is left out. */
const tables = [
  counterTable,
  resourceTable,
  revisionTable,
  declarationTable,
  scheduleTable,
  executionTable,
  artifactTable,
  signalTable,
  messageTable,
  journalTable,
  coverTable,
  childTable,
  eventTable,
] as unknown as readonly TableFormat<object>[];

/** Longest time that a piece of the work keeps others waiting. */
const sliceMs = 8;
/** SQLite checks a file of this size within a tenth of a second, and cannot be interrupted. */
const largestQuickCheckBytes = 32 * 1024 * 1024;
const maxExamples = 5;

/** Reads on a connection of its own and changes nothing. Never throws for damage that it finds. */
export async function inspectStore(options: InspectionOptions): Promise<StoreInspection> {
  const { file, artifactsDir, budgetMs } = options;
  const [databaseBytes, logBytes] = await Promise.all([sizeOf(file), sizeOf(`${file}-wal`)]);
  const deadline = performance.now() + budgetMs;
  using db = openForReading(file);
  const structure = new Tally();
  checkStructure(db, databaseBytes, structure);
  const rows = new Tally();
  for (const table of tables) await checkRows(db, table, { tally: rows, deadline });
  const artifacts = new Tally();
  await checkArtifacts(db, artifactsDir, { tally: artifacts, deadline });
  return { structure, rows, artifacts, databaseBytes, logBytes };
}

class Tally implements Findings {
  checked = 0;
  complete = true;
  damaged = 0;
  readonly examples: string[] = [];

  found(sentence: string): void {
    this.damaged += 1;
    if (this.examples.length < maxExamples) this.examples.push(sentence);
  }
}

interface Work {
  readonly tally: Tally;
  /** On the clock of `performance.now`. */
  readonly deadline: number;
}

function checkStructure(db: Connection, databaseBytes: number, tally: Tally): void {
  tally.complete = databaseBytes <= largestQuickCheckBytes;
  if (!tally.complete) return;
  for (const { quick_check: line } of quickCheck(db)) {
    tally.checked += 1;
    if (line !== "ok") tally.found(line);
  }
}

function quickCheck(db: Connection): { quick_check: string }[] {
  try {
    return db.all<{ quick_check: string }>("pragma quick_check(20)");
  } catch (thrown) {
    return [{ quick_check: toStigmerError(thrown).message }];
  }
}

async function checkRows(
  db: Connection,
  table: TableFormat<object>,
  { tally, deadline }: Work,
): Promise<void> {
  let sliceEnd = performance.now() + sliceMs;
  try {
    for (const stored of db.each<Stored<object>>(
      `select ${selectList(table)} from ${table.table}`,
    )) {
      tally.checked += 1;
      checkRow(table, stored, tally);
      const now = performance.now();
      if (now >= deadline) return void (tally.complete = false);
      if (now < sliceEnd) continue;
      // oxlint-disable-next-line no-await-in-loop -- the daemon serves others between two pieces
      await nextTurn();
      sliceEnd = performance.now() + sliceMs;
    }
  } catch (thrown) {
    tally.found(`table ${table.table} cannot be read: ${toStigmerError(thrown).message}`);
  }
}

function checkRow(table: TableFormat<object>, stored: Stored<object>, tally: Tally): void {
  try {
    intact(table, stored);
  } catch (thrown) {
    if (!(thrown instanceof StigmerError)) throw thrown;
    tally.found(thrown.message);
  }
}

async function checkArtifacts(db: Connection, folder: string, work: Work): Promise<void> {
  const { tally } = work;
  try {
    for (const hash of await missingFiles(db, folder, work)) {
      // It may have been swept since its row was read.
      if (db.get("select 1 from artifact where hash = $hash", { hash }) === undefined) continue;
      tally.found(`the file of artifact ${hash} is missing or damaged`);
    }
  } catch (thrown) {
    tally.found(`the table of artifacts cannot be read: ${toStigmerError(thrown).message}`);
  }
}

/** Hashes; all that is read here is read of one moment. */
async function missingFiles(
  db: Connection,
  folder: string,
  { tally, deadline }: Work,
): Promise<string[]> {
  const missing: string[] = [];
  for (const { hash, size } of db.each<ArtifactRow>("select hash, size from artifact")) {
    if (performance.now() >= deadline) {
      tally.complete = false;
      break;
    }
    tally.checked += 1;
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that it can stop in time
    const found = await sizeOf(join(folder, hash));
    if (found !== size) missing.push(hash);
  }
  return missing;
}

/** -1 where there is no file. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? -1;
}
