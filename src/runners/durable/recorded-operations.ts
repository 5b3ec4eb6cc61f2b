import type { JournalRow } from "./journal-row.ts";
import { OrderViolation } from "./release.ts";

/** What the journal knows of one operation. */
export type RecordedOutcome =
  | { readonly kind: "new" }
  /** Started `attempts` times, never ended: nobody knows whether the effect happened. */
  | { readonly kind: "unknown"; readonly attempts: number }
  | {
      readonly kind: "ended";
      readonly row: Extract<JournalRow, { type: "done" | "failed" | "cancelled" }>;
    };

/** The journal of an execution, indexed for a resume. */
export class RecordedOperations {
  readonly #ended = new Map<
    string,
    Extract<JournalRow, { type: "done" | "failed" | "cancelled" }>
  >();
  readonly #attempts = new Map<string, number>();
  readonly #clock = new Map<string, number>();
  readonly #events = new Set<string>();
  readonly #order: string[] = [];
  #position = 0;

  constructor(rows: Iterable<JournalRow>) {
    const seen = new Set<string>();
    for (const row of rows) {
      this.#index(row);
      if (row.type === "event" || row.type === "clock") continue;
      const operation = operationOf(row.key);
      if (!seen.has(operation)) this.#order.push(operation);
      seen.add(operation);
    }
  }

  outcome(key: string): RecordedOutcome {
    const row = this.#ended.get(key);
    if (row) return { kind: "ended", row };
    const attempts = this.#attempts.get(key);
    return attempts === undefined ? { kind: "new" } : { kind: "unknown", attempts };
  }

  clock(key: string): number | undefined {
    return this.#clock.get(key);
  }

  hasEvent(key: string): boolean {
    return this.#events.has(key);
  }

  /** Throws when the record has another operation at this place. */
  enter(operation: string): void {
    const recorded = this.#order[this.#position];
    this.#position += 1;
    if (recorded !== undefined && recorded !== operation)
      throw new OrderViolation(recorded, operation);
  }

  #index(row: JournalRow): void {
    switch (row.type) {
      case "started":
        this.#attempts.set(row.key, (this.#attempts.get(row.key) ?? 0) + 1);
        return;
      case "clock":
        this.#clock.set(row.key, row.atMs);
        return;
      case "event":
        this.#events.add(row.key);
        return;
      default:
        this.#ended.set(row.key, row);
    }
  }
}

/** `tools#1[3]` is a part of the operation `tools#1`. */
function operationOf(key: string): string {
  const bracket = key.indexOf("[");
  return bracket < 0 ? key : key.slice(0, bracket);
}
