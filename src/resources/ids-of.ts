import { monotonicFactory } from "ulid";
import type { Kind } from "../contract/kinds.ts";

/**
 * Makes ids of a kind, `<prefix>-<lower-case ULID>`: they sort by the time they were made, and those
 * of one millisecond in the order in which they were made.
 */
export function idsOf(kind: Kind): (atMs: number) => string {
  const next = monotonicFactory();
  return (atMs) => `${kind.info.idPrefix}-${next(atMs).toLowerCase()}`;
}
