import type { ExecutionError } from "../durable/durable-context.ts";

/** How an agent ended. */
export type AgentOutcome =
  | { readonly kind: "completed"; readonly text: string }
  | { readonly kind: "failed"; readonly error: ExecutionError }
  | { readonly kind: "cancelled"; readonly reason: string };
