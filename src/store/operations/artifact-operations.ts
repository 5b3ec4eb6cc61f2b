import { putRow } from "../table-format.ts";
import { type ArtifactRow, artifactTable } from "../tables/artifact-table.ts";
import { keepArtifactFor } from "./keep-artifact.ts";
import type { Operation, OperationTable } from "./operation-table.ts";

/** An artifact whose file is already durable. */
export interface NewArtifact extends ArtifactRow {
  /** The resource that it stays with, from now until the resource is deleted. */
  readonly keptFor?: string;
}

export interface ArtifactOperations {
  /** Makes an artifact known. Throws `not-found` when the resource to keep it for is gone. */
  recordArtifact: Operation<NewArtifact, void>;
  /** Forgets an artifact that nothing refers to and that was put before a time; false when there is none. */
  dropArtifact: Operation<{ readonly hash: string; readonly before: number }, boolean>;
}

export const artifactOperations: OperationTable<ArtifactOperations> = {
  recordArtifact(tx, { keptFor, ...artifact }) {
    putRow(tx.db, artifactTable, artifact);
    if (keptFor !== undefined) keepArtifactFor(tx.db, keptFor, artifact);
  },

  dropArtifact(tx, { hash, before }) {
    const dropped = tx.db.run(
      `delete from artifact where hash = $hash and created_at < $before
        and not exists (select 1 from revision_artifact where hash = $hash)
        and not exists (select 1 from resource_artifact where hash = $hash)`,
      { hash, before },
    );
    return dropped === 1;
  },
};
