import type { ExecutionError } from "./durable-context.ts";

/** A journal row as the context sees it; the lease gives it its sequence. */
export type JournalRow =
  | { readonly type: "started"; readonly key: string; readonly atMs: number }
  | { readonly type: "done"; readonly key: string; readonly atMs: number; readonly value: unknown }
  | {
      readonly type: "failed";
      readonly key: string;
      readonly atMs: number;
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
