import { ulid } from "ulid";
import type { Kind } from "../contract/kinds.ts";

/** `<prefix>-<lower-case ULID>`: sorts by the time it was made. */
export function newId(kind: Kind, atMs: number): string {
  return `${kind.info.idPrefix}-${ulid(atMs).toLowerCase()}`;
}
