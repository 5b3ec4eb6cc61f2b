import { StigmerError } from "../../contract/errors.ts";
import type { Connection } from "../connection.ts";
import { putRow } from "../table-format.ts";
import { type ArtifactRow, artifactTable } from "../tables/artifact-table.ts";
import type { Operation, OperationTable } from "./operation-table.ts";

/** An artifact whose file is already durable. */
export interface NewArtifact extends ArtifactRow {
  /** The resource that it stays with, from now until the resource is deleted. */
  readonly keptFor?: string;
}

export interface ArtifactOperations {
  /** Makes an artifact known. Throws `not-found` when the resource to keep it for is gone. */
  recordArtifact: Operation<NewArtifact, void>;
}

export const artifactOperations: OperationTable<ArtifactOperations> = {
  recordArtifact(tx, { keptFor, ...artifact }) {
    putRow(tx.db, artifactTable, artifact);
    if (keptFor !== undefined) keepArtifactFor(tx.db, keptFor, artifact.hash);
  },
};

function keepArtifactFor(db: Connection, id: string, hash: string): void {
  if (db.get("select 1 from resource where id = $id", { id }) === undefined) {
    throw new StigmerError("not-found", `no resource ${id} to keep the artifact ${hash} for`);
  }
  db.run("insert or ignore into resource_artifact (resource_id, hash) values ($id, $hash)", {
    id,
    hash,
  });
}
