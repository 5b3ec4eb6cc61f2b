import type { Connection } from "../connection.ts";
import { insertRow } from "../table-format.ts";
import { executionTable } from "../tables/execution-table.ts";
import { resourceTable } from "../tables/resource-table.ts";
import { newExecution } from "./samples.ts";

/** An execution as the first release stored it: what later releases keep beside it is missing. */
export function addExecution(db: Connection, id: string, state: "ended" | "waiting"): void {
  const { resource } = newExecution(id, 1_000);
  const { kind, org, name, createdAt, body } = resource;
  insertRow(db, resourceTable, {
    kind,
    id,
    org,
    name,
    createdAt,
    body,
    slug: null,
    resourceVersion: 1,
    updatedAt: 1_000,
    revisionHash: null,
    parentId: null,
    phase: 0,
  });
  insertRow(db, executionTable, {
    id,
    kind,
    sessionId: null,
    phase: 0,
    state,
    createdAt: 1_000,
    runnerId: null,
    fencingToken: 0,
    leaseUntil: null,
    wakeAt: null,
    waitTopic: null,
    cancelReason: null,
    attempt: 0,
    credentialProviders: null,
    lastSeq: 1,
  });
}
