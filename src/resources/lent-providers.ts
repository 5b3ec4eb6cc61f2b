import type { ExecutionRow } from "../store/tables/execution-table.ts";

/** Providers that had a key when an execution was created: without it the execution waits for one. */
export function lentProviders({ credentialProviders }: ExecutionRow): string[] {
  return JSON.parse(credentialProviders ?? "[]") as string[];
}
