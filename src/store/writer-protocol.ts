import type { ErrorWire } from "./error-wire.ts";
import type { Write } from "./operations/operations.ts";
import type { Change } from "./transaction.ts";

/** From the main thread. One group is under way at a time; the next is sent when it is answered. */
export type WriterRequest =
  | { readonly kind: "open"; readonly file: string }
  | { readonly kind: "commit"; readonly writes: readonly Write[] }
  | { readonly kind: "close" };

export type WireOutcome =
  | { readonly kind: "done"; readonly output: unknown }
  | { readonly kind: "failed"; readonly error: ErrorWire };

/** From the writer's thread. */
export type WriterAnswer =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly error: ErrorWire }
  | {
      readonly kind: "committed";
      readonly outcomes: readonly WireOutcome[];
      readonly changes: readonly Change[];
    }
  | { readonly kind: "lost"; readonly error: ErrorWire }
  /** The disk failed in a way that makes further writes unsafe: nothing is written from now on. */
  | { readonly kind: "read-only"; readonly error: ErrorWire }
  | { readonly kind: "checkpoint-failed"; readonly error: ErrorWire }
  | { readonly kind: "closed" };
