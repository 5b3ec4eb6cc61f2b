import { fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { callerWords } from "../contract/caller-words.ts";
import { StigmerError, toStigmerError } from "../contract/errors.ts";
import { JournalEntryType } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { conflictOf } from "../store/conflict.ts";
import type { Store } from "../store/store.ts";
import type { ExecutionRow } from "../store/tables/execution-table.ts";
import { type EventSources, executionEvents } from "./execution-events.ts";
import type { DaemonEnd, ExecutionEvent, ExecutionFormat } from "./execution-format.ts";
import { resolveResource } from "./references.ts";
import { fromRow } from "./stored-resource.ts";

export interface ExecutionsOptions {
  readonly store: Store;
  readonly clock: () => number;
  readonly events: EventSources;
}

/** Rows of a page when the caller does not say. */
const defaultPageSize = 50;

export interface RowPage {
  readonly items: Message[];
  readonly nextPageToken: string;
}

/** What executions of every kind can do besides being resources. */
export class Executions<Execution extends Message, Event extends ExecutionEvent> {
  readonly format: ExecutionFormat<Execution, Event>;
  readonly #options: ExecutionsOptions;

  constructor(format: ExecutionFormat<Execution, Event>, options: ExecutionsOptions) {
    this.format = format;
    this.#options = options;
  }

  get(name: string): Execution {
    const { kind } = this.format;
    const row = resolveResource(this.#options.store.read, kind, name);
    return fromRow(kind, row) as Message as Execution;
  }

  /** Throws `not-found`. */
  idOf(name: string): string {
    return resolveResource(this.#options.store.read, this.format.kind, name).id;
  }

  /** Ends at once what no runner ever had; asks the runner of anything else. */
  async cancel(name: string, reason: string): Promise<Execution> {
    const { store } = this.#options;
    const id = this.idOf(name);
    const row = await store.write("requestCancel", {
      id,
      reason: reason || "cancelled by the user",
    });
    if (row.state === "ready" && row.lastSeq === 0) await this.endUnstarted(row);
    return this.get(id);
  }

  subscribe(
    name: string,
    afterSequence: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Event, void, undefined> {
    const executionId = this.idOf(name);
    return executionEvents(this.#options.events, {
      format: this.format,
      executionId,
      afterSequence,
      snapshot: () => this.get(executionId),
      signal,
    });
  }

  /** Its messages, or its tasks, in the order of their sequence. */
  listRows(name: string, pageSize: number, pageToken: string): RowPage {
    const after = pageToken === "" ? 0 : parsePageToken(pageToken);
    const size = pageSize || defaultPageSize;
    const found = this.#options.store.read.messages(this.idOf(name), after, size + 1);
    const page = found.slice(0, size).map((item) => {
      if (item.kind === "corrupt") throw item.error;
      return item.row;
    });
    return {
      items: page.map(({ body }) => fromBinary(this.format.rowSchema, body)),
      nextPageToken: found.length > page.length ? String(page.at(-1)?.sequence) : "",
    };
  }

  /**
   * Ends an execution in the daemon's own name: one that never started, or whose runners always die.
   *
   * @param expectedSeq refuses with `conflict` when its journal goes on behind this
   */
  async endByDaemon(
    id: string,
    phase: ExecutionPhase,
    error: DaemonEnd["error"],
    expectedSeq: number | null = null,
  ): Promise<void> {
    const { store, clock } = this.#options;
    const execution = this.#readable(id);
    if (!execution) return await this.#endDamaged(id);
    const atMs = clock();
    const event = this.format.end(execution, { phase, error, atMs });
    const payload = toBinary(this.format.eventSchema, event);
    const entry = { type: JournalEntryType.EVENT, key: "status@daemon", at: atMs, payload };
    await store.write("append", {
      executionId: id,
      fencingToken: null,
      expectedSeq,
      at: atMs,
      entries: [entry],
      resourceBody: toBinary(this.format.kind.message, execution),
      phase,
      next: { kind: "end" },
    });
  }

  /** Ends what was cancelled before a runner recorded anything. */
  async endUnstarted({ id, cancelReason }: ExecutionRow): Promise<void> {
    const error = { code: "cancelled", message: cancelReason ?? "cancelled", hint: "" };
    try {
      await this.endByDaemon(id, ExecutionPhase.EXECUTION_CANCELLED, error, 0);
    } catch (thrown) {
      // A runner was faster and is told; or it was cancelled twice, and ended once.
      const isOver = this.#options.store.read.execution(id)?.state === "ended";
      if (!isOver && conflictOf(thrown) === undefined) throw thrown;
    }
  }

  #readable(id: string): Execution | undefined {
    try {
      return this.get(id);
    } catch (thrown) {
      const { code } = toStigmerError(thrown);
      if (code === "data-loss" || code === "not-found") return undefined;
      throw thrown;
    }
  }

  /** Its resource cannot be read, so it cannot be changed either: nobody tries to run it again. */
  async #endDamaged(executionId: string): Promise<void> {
    const { store, clock } = this.#options;
    const base = { executionId, fencingToken: null, expectedSeq: null, entries: [] };
    await store.write("append", { ...base, at: clock(), next: { kind: "end" } });
  }
}

function parsePageToken(token: string): number {
  const sequence = Number(token);
  if (Number.isSafeInteger(sequence) && sequence >= 0) return sequence;
  throw new StigmerError("invalid-argument", `pageToken "${token}" is not one of ours`, {
    hint: `send ${callerWords.nextPage}`,
  });
}
