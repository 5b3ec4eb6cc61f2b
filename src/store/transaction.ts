import type { Connection } from "./connection.ts";

/** A resource that a committed write touched; for an execution also its journal, lease or signals. */
export interface Change {
  readonly kind: number;
  readonly id: string;
  /** `signalled`: a signal came for an execution that somebody may hold. */
  readonly effect: "created" | "updated" | "deleted" | "signalled";
}

/** What an operation works with. Everything it does is undone together when it throws. */
export interface Transaction {
  readonly db: Connection;
  /** Tells, after the commit, whoever waits for changes. */
  changed(change: Change): void;
}
