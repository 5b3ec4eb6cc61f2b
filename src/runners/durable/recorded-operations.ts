import { operationOf, pathOf } from "./operation-key.ts";
import type { JournalRow, StoredRow } from "./journal-row.ts";
import { OrderViolation } from "./release.ts";

type EndedRow = Extract<JournalRow, { type: "done" | "failed" | "cancelled" }>;

/** What the journal knows of one operation. */
export type RecordedOutcome =
  | { readonly kind: "new" }
  /** Started `attempts` times, never ended: nobody knows whether the effect happened. */
  | { readonly kind: "unknown"; readonly attempts: number }
  | { readonly kind: "ended"; readonly row: EndedRow };

/** The last turn of a loop that ended. */
export interface RecordedTurn {
  readonly index: number;
  readonly row: EndedRow;
  readonly coversFrom: number | undefined;
}

/** The journal of an execution, indexed for a resume. */
export class RecordedOperations {
  readonly #ended = new Map<string, EndedRow>();
  readonly #attempts = new Map<string, number>();
  readonly #firstSequence = new Map<string, number>();
  readonly #clock = new Map<string, number>();
  readonly #events = new Set<string>();
  readonly #lastTurns = new Map<string, RecordedTurn>();
  /** Operations of each scope, turn or branch, in their order: side by side they mix. */
  readonly #orders = new Map<string, { readonly operations: string[]; position: number }>();

  constructor(rows: Iterable<StoredRow>) {
    const seen = new Set<string>();
    for (const row of rows) {
      this.#index(row);
      if (row.type === "event" || row.type === "clock") continue;
      const operation = operationOf(row.key);
      if (!seen.has(operation)) this.#orderOf(pathOf(operation)).operations.push(operation);
      seen.add(operation);
    }
  }

  outcome(key: string): RecordedOutcome {
    const row = this.#ended.get(key);
    if (row) return { kind: "ended", row };
    const attempts = this.#attempts.get(key);
    return attempts === undefined ? { kind: "new" } : { kind: "unknown", attempts };
  }

  /** Sequence of the first row of an operation. */
  firstSequence(key: string): number | undefined {
    return this.#firstSequence.get(key);
  }

  lastTurn(loop: string): RecordedTurn | undefined {
    return this.#lastTurns.get(loop);
  }

  clock(key: string): number | undefined {
    return this.#clock.get(key);
  }

  hasEvent(key: string): boolean {
    return this.#events.has(key);
  }

  /** Throws when the record has another operation at this place. */
  enter(operation: string): void {
    const order = this.#orders.get(pathOf(operation));
    if (!order) return;
    const recorded = order.operations[order.position];
    order.position += 1;
    if (recorded !== undefined && recorded !== operation)
      throw new OrderViolation(recorded, operation);
  }

  #orderOf(path: string): { readonly operations: string[]; position: number } {
    const order = this.#orders.get(path) ?? { operations: [], position: 0 };
    this.#orders.set(path, order);
    return order;
  }

  #index(row: StoredRow): void {
    switch (row.type) {
      case "started":
        this.#attempts.set(row.key, (this.#attempts.get(row.key) ?? 0) + 1);
        if (!this.#firstSequence.has(row.key)) this.#firstSequence.set(row.key, row.sequence);
        return;
      case "clock":
        this.#clock.set(row.key, row.atMs);
        return;
      case "event":
        this.#events.add(row.key);
        return;
      default:
        this.#ended.set(row.key, row);
        this.#indexTurn(row);
    }
  }

  #indexTurn(row: EndedRow): void {
    const loop = operationOf(row.key);
    if (loop === row.key) return;
    const index = Number(row.key.slice(loop.length + 1, -1));
    const coversFrom = row.type === "cancelled" ? undefined : row.coversFrom;
    const last = this.#lastTurns.get(loop);
    if (last === undefined || index > last.index)
      this.#lastTurns.set(loop, { index, row, coversFrom });
  }
}
