import { StigmerError, toStigmerError } from "../contract/errors.ts";
import { Checkpoint } from "./checkpoint.ts";
import type { Connection } from "./connection.ts";
import { errorToWire } from "./error-wire.ts";
import { commitGroup, type WriteOutcome } from "./group-commit.ts";
import { openForWriting } from "./open-database.ts";
import type { Write } from "./operations/operations.ts";
import { diskFaultOf } from "./sqlite-errors.ts";
import type { WireOutcome, WriterAnswer, WriterRequest } from "./writer-protocol.ts";

/** A moment without writes after which the log is moved into the file. */
const idleMs = 500;

/** The one writer: owns the writing connection, answers each group only after its commit. */
export class Writer {
  private db: Connection | undefined;
  private checkpoint: Checkpoint | undefined;
  private idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly answer: (answer: WriterAnswer) => void) {}

  receive(request: WriterRequest): void {
    if (request.kind === "open") this.open(request.file);
    else if (request.kind === "commit") this.commit(request.writes);
    else this.close();
  }

  private open(file: string): void {
    try {
      this.db = openForWriting(file);
      this.checkpoint = new Checkpoint(this.db, file);
      this.answer({ kind: "opened" });
    } catch (thrown) {
      this.answer({ kind: "refused", error: errorToWire(toStigmerError(thrown)) });
    }
  }

  private commit(writes: readonly Write[]): void {
    clearTimeout(this.idleTimer);
    if (this.db === undefined) throw new StigmerError("internal", "the writer is not open");
    const group = commitGroup(this.db, writes);
    if (group.kind === "committed") {
      this.answer({ ...group, outcomes: group.outcomes.map(outcomeToWire) });
    } else if (group.fault === "io") {
      this.turnReadOnly(group.error);
      return;
    } else {
      this.answer({ kind: "lost", error: errorToWire(group.error) });
    }
    this.moveLog((checkpoint) => checkpoint.whenLarge());
    this.idleTimer = setTimeout(() => {
      this.moveLog((checkpoint) => checkpoint.whenIdle());
    }, idleMs);
  }

  private moveLog(move: (checkpoint: Checkpoint) => void): void {
    if (this.checkpoint === undefined) return;
    try {
      move(this.checkpoint);
    } catch (thrown) {
      const error = toStigmerError(thrown);
      if (diskFaultOf(error) === "io") this.turnReadOnly(error);
      else this.answer({ kind: "checkpoint-failed", error: errorToWire(error) });
    }
  }

  /** The connection is left as it is: closing it would move a log that the disk may not have. */
  private turnReadOnly(cause: StigmerError): void {
    clearTimeout(this.idleTimer);
    this.checkpoint = undefined;
    const error = new StigmerError("unavailable", `the store is read-only: ${cause.message}`, {
      hint: "check the disk, then restart the daemon: stigmer local stop && stigmer local start",
    });
    this.answer({ kind: "read-only", error: errorToWire(error) });
  }

  private close(): void {
    clearTimeout(this.idleTimer);
    this.moveLog((checkpoint) => checkpoint.whenIdle());
    if (this.checkpoint !== undefined) this.db?.[Symbol.dispose]();
    this.answer({ kind: "closed" });
  }
}

function outcomeToWire(outcome: WriteOutcome): WireOutcome {
  return outcome.kind === "done" ? outcome : { kind: "failed", error: errorToWire(outcome.error) };
}
