import { putRow } from "../table-format.ts";
import { type ArtifactRow, artifactTable } from "../tables/artifact-table.ts";
import type { Operation, OperationTable } from "./operation-table.ts";

export interface ArtifactOperations {
  /** Makes an artifact known whose file is already durable. */
  recordArtifact: Operation<ArtifactRow, void>;
}

export const artifactOperations: OperationTable<ArtifactOperations> = {
  recordArtifact: (tx, artifact) => putRow(tx.db, artifactTable, artifact),
};
