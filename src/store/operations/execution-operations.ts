import { StigmerError } from "../../contract/errors.ts";
import { insertRow, intact, selectList, type Stored } from "../table-format.ts";
import { type ArtifactRow, artifactTable } from "../tables/artifact-table.ts";
import { type ExecutionRow, executionTable } from "../tables/execution-table.ts";
import { childOfStep, childTable } from "../tables/child-table.ts";
import type { Transaction } from "../transaction.ts";
import { keepArtifactFor } from "./keep-artifact.ts";
import { type CreatedResource, createResource, type NewResource } from "./create-resource.ts";
import type { Operation, OperationTable } from "./operation-table.ts";
import { recordStart } from "./schedule-operations.ts";
import type { ScheduleRow } from "../tables/schedule-table.ts";
import { putExecution, storedExecution, woken } from "./stored-execution.ts";
import {
  keepRevision,
  type NewRevision,
  refuseUnknownArtifact,
  storedResource,
} from "./stored-resource.ts";

/** A step of an execution. */
export interface ParentStep {
  readonly id: string;
  readonly key: string;
}

export interface NewExecution {
  readonly resource: NewResource;
  readonly sessionId?: string;
  /** Of a child: what it is started for. The same step starts the same child. */
  readonly parent?: ParentStep;
  readonly credentialProviders?: string;
  /** Everything it is pinned to: kept as long as the execution is. */
  readonly pins?: readonly PinnedRevision[];
  /** Hashes of artifacts that it was given: kept as long as it is. */
  readonly artifacts?: readonly string[];
  /** The state of the schedule that starts it, as it is when it has. */
  readonly schedule?: ScheduleRow;
}

/** A revision to pin; without a body it must be stored already. */
export type PinnedRevision = { readonly hash: string } | (NewRevision & { readonly kind: number });

export interface ExecutionOperations {
  /** The resource, its execution row (ready) and its pins. Throws what `createResource` throws, `failed-precondition` for an unknown pin or artifact, and `conflict` when its schedule was moved first. */
  createExecution: Operation<NewExecution, CreatedResource>;
  /** Asks an execution to stop; the first reason stays. One that waits is woken; one that has ended is left alone. */
  requestCancel: Operation<{ readonly id: string; readonly reason: string }, ExecutionRow>;
}

export const executionOperations: OperationTable<ExecutionOperations> = {
  createExecution(tx, input) {
    const earlier = input.parent && childOfStep(tx.db, input.parent.id, input.parent.key);
    if (earlier) return { resource: storedResource(tx.db, earlier.childId), replayed: true };
    const created = createResource(tx, input.resource);
    if (created.replayed) return created;
    insertExecution(tx, input);
    if (input.schedule) recordStart(tx, input.schedule, input.resource.id);
    if (input.parent) keepOrigin(tx, input.parent, input.resource.id);
    return created;
  },

  requestCancel(tx, { id, reason }) {
    const execution = storedExecution(tx.db, id);
    if (execution.state === "ended" || execution.cancelReason !== null) return execution;
    return putExecution(tx, { ...woken(execution), cancelReason: reason });
  },
};

/** Its row and what it is pinned to and was given. */
function insertExecution(tx: Transaction, input: NewExecution): void {
  insertRow(tx.db, executionTable, newExecution(input));
  for (const pin of input.pins ?? []) pinRevision(tx, input.resource.id, pin);
  for (const hash of input.artifacts ?? []) keepArtifact(tx, input.resource.id, hash);
}

/** Throws `failed-precondition` for an artifact that is not stored. */
function keepArtifact({ db }: Transaction, executionId: string, hash: string): void {
  refuseUnknownArtifact(db, hash);
  const stored = db.get<Stored<ArtifactRow>>(
    `select ${selectList(artifactTable)} from artifact where hash = $hash`,
    { hash },
  );
  if (stored) keepArtifactFor(db, executionId, intact(artifactTable, stored));
}

/** @throws failed-precondition when the parent has ended: nobody would wait for it */
function keepOrigin(tx: Transaction, { id, key }: ParentStep, childId: string): void {
  if (storedExecution(tx.db, id).state === "ended") {
    throw new StigmerError("failed-precondition", `${id} has ended`);
  }
  insertRow(tx.db, childTable, { parentId: id, key, childId });
}

function newExecution({ resource, sessionId, credentialProviders }: NewExecution): ExecutionRow {
  return {
    id: resource.id,
    kind: resource.kind,
    sessionId: sessionId ?? null,
    phase: resource.phase ?? 0,
    state: "ready",
    createdAt: resource.createdAt,
    runnerId: null,
    fencingToken: 0,
    leaseUntil: null,
    wakeAt: null,
    waitTopic: null,
    cancelReason: null,
    attempt: 0,
    credentialProviders: credentialProviders ?? null,
    lastSeq: 0,
  };
}

function pinRevision(tx: Transaction, executionId: string, pin: PinnedRevision): void {
  if ("body" in pin) keepRevision(tx.db, pin.kind, pin);
  const { hash } = pin;
  if (tx.db.get("select 1 from revision where hash = $hash", { hash }) === undefined) {
    throw new StigmerError("failed-precondition", `no revision ${hash} to pin ${executionId} to`);
  }
  tx.db.run(
    "insert or ignore into pinned_revision (execution_id, hash) values ($executionId, $hash)",
    { executionId, hash },
  );
}
