import { conflictError } from "../conflict.ts";
import { putRow } from "../table-format.ts";
import { type ResourceRow, resourceTable } from "../tables/resource-table.ts";
import type { Transaction } from "../transaction.ts";
import {
  keepRevisionOf,
  type NewRevision,
  replaceLabels,
  replaceReferences,
  type RevisionsBeside,
  storedResource,
} from "./stored-resource.ts";

/** What is left out stays as it is. */
export interface ResourceUpdate extends RevisionsBeside {
  readonly id: string;
  /** Without it the last write wins. */
  readonly expectedVersion?: number;
  readonly updatedAt: number;
  readonly name?: string;
  readonly phase?: number;
  readonly body?: Uint8Array;
  readonly labels?: Readonly<Record<string, string>>;
  readonly references?: readonly string[];
  readonly revision?: NewRevision;
}

/** Throws `not-found`, or `conflict` whose {@link conflictOf} holds the current row. */
export function updateResource(tx: Transaction, update: ResourceUpdate): ResourceRow {
  const current = storedResource(tx.db, update.id);
  refuseStale(current, update.expectedVersion);
  const next: ResourceRow = {
    ...current,
    name: update.name ?? current.name,
    phase: update.phase ?? current.phase,
    body: update.body ?? current.body,
    revisionHash: update.revision?.hash ?? current.revisionHash,
    resourceVersion: current.resourceVersion + 1,
    updatedAt: update.updatedAt,
  };
  putRow(tx.db, resourceTable, next);
  if (update.revision !== undefined) {
    keepRevisionOf(tx.db, next, update.revision, update);
  }
  if (update.labels !== undefined) replaceLabels(tx.db, update.id, update.labels);
  if (update.references !== undefined) replaceReferences(tx.db, update.id, update.references);
  tx.changed({ kind: current.kind, id: current.id, effect: "updated" });
  return next;
}

export function refuseStale(current: ResourceRow, expectedVersion: number | undefined): void {
  if (expectedVersion === undefined || expectedVersion === current.resourceVersion) return;
  throw conflictError(
    { kind: "resource-changed", current },
    `${current.id} is at version ${current.resourceVersion}, not ${expectedVersion}`,
    "read it again and repeat the change on what you find",
  );
}
