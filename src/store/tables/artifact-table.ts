import type { TableFormat } from "../table-format.ts";

/** A large value kept as a file named after the SHA-256 of its content (lower-case hex). */
export interface ArtifactRow {
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  readonly createdAt: number;
}

export const artifactTable: TableFormat<ArtifactRow> = {
  table: "artifact",
  primaryKey: ["hash"],
  columns: { hash: "hash", size: "size", createdAt: "created_at" },
  identity: (artifact) => `hash ${artifact.hash}`,
};
