import { statSync } from "node:fs";
import type { Connection } from "./connection.ts";

/** Above this size the log is moved into the file after a commit, without waiting for a quiet moment. */
const checkpointAboveBytes = 16 * 1024 * 1024;

/** A reader of another program may hold the log; nobody's write waits longer than this for it. */
const patienceMs = 100;

/** Keeps the write-ahead log small (far below 64 MB), outside of any commit. */
export class Checkpoint {
  private readonly log: string;

  constructor(
    private readonly db: Connection,
    file: string,
  ) {
    this.log = `${file}-wal`;
  }

  /** Throws what SQLite throws; a log that cannot be moved now is moved later. */
  whenLarge(): void {
    if (this.logBytes() > checkpointAboveBytes) this.now();
  }

  whenIdle(): void {
    if (this.logBytes() > 0) this.now();
  }

  private now(): void {
    const patience = this.db.get<{ timeout: number }>("pragma busy_timeout")?.timeout ?? 0;
    this.db.script(`pragma busy_timeout = ${patienceMs}`);
    try {
      this.db.get("pragma wal_checkpoint(truncate)");
    } finally {
      this.db.script(`pragma busy_timeout = ${patience}`);
    }
  }

  private logBytes(): number {
    return statSync(this.log, { throwIfNoEntry: false })?.size ?? 0;
  }
}
