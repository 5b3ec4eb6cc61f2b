import type { TableFormat } from "../table-format.ts";

/** One content of a definition. The hash is the caller's: of the canonical JSON, not of the body's bytes. */
export interface RevisionRow {
  readonly hash: string;
  readonly kind: number;
  readonly body: Uint8Array;
}

export const revisionTable: TableFormat<RevisionRow> = {
  table: "revision",
  primaryKey: ["hash"],
  blob: "body",
  columns: { hash: "hash", kind: "kind", body: "body" },
  identity: (revision) => `kind ${revision.kind}, hash ${revision.hash}`,
};
