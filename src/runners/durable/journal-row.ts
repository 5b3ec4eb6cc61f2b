import type { ExecutionError } from "./durable-context.ts";

/** A row that is stored, and its place in the journal. */
export type StoredRow = JournalRow & { readonly sequence: number };

/** A journal row as the context sees it; the lease gives it its sequence. */
export type JournalRow =
  | { readonly type: "started"; readonly key: string; readonly atMs: number }
  | {
      readonly type: "done";
      readonly key: string;
      readonly atMs: number;
      readonly value: unknown;
      /** Sequence of the first row that this outcome makes superfluous for a resume, up to its own. */
      readonly coversFrom?: number;
    }
  | {
      readonly type: "failed";
      readonly key: string;
      readonly atMs: number;
      readonly coversFrom?: number;
      readonly error: ExecutionError;
    }
  | { readonly type: "clock"; readonly key: string; readonly atMs: number }
  | {
      readonly type: "cancelled";
      readonly key: string;
      readonly atMs: number;
      readonly reason: string;
    }
  | { readonly type: "event"; readonly key: string; readonly atMs: number };
