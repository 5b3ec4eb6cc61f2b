import { StigmerError } from "../../contract/errors.ts";
import type { Connection } from "../connection.ts";
import type { ArtifactRow } from "../tables/artifact-table.ts";
import { growHistory } from "./history-size.ts";

/** Throws `not-found` when the resource is gone. */
export function keepArtifactFor(db: Connection, id: string, { hash, size }: ArtifactRow): void {
  if (db.get("select 1 from resource where id = $id", { id }) === undefined) {
    throw new StigmerError("not-found", `no resource ${id} to keep the artifact ${hash} for`);
  }
  const added = db.run(
    "insert or ignore into resource_artifact (resource_id, hash) values ($id, $hash)",
    { id, hash },
  );
  const isExecution = db.get("select 1 from execution where id = $id", { id }) !== undefined;
  if (added === 1 && isExecution) growHistory(db, { executionId: id, bytes: size });
}
