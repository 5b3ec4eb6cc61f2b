import { StigmerError } from "../../contract/errors.ts";
import type { Connection } from "../connection.ts";
import { insertRow } from "../table-format.ts";
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

/** How long a request id is remembered: 24 hours. */
export const requestMemoryMs = 24 * 60 * 60 * 1000;

/** Makes a retried create return the resource of the first. */
export interface RequestIdentity {
  readonly requestId: string;
  readonly method: string;
  /** Hash of the request's content: the same id with another content is refused. */
  readonly fingerprint: string;
}

export interface NewResource extends RevisionsBeside {
  readonly kind: number;
  readonly id: string;
  readonly org: string;
  readonly slug: string | null;
  readonly name: string;
  readonly createdAt: number;
  readonly parentId?: string;
  readonly phase?: number;
  readonly body: Uint8Array;
  readonly labels?: Readonly<Record<string, string>>;
  /** Ids of the resources that this one refers to. */
  readonly references?: readonly string[];
  readonly revision?: NewRevision;
  readonly request?: RequestIdentity;
}

export interface CreatedResource {
  readonly resource: ResourceRow;
  /** True when the same request created it before and nothing was written now. */
  readonly replayed: boolean;
}

/**
 * Throws `already-exists` naming the id that has the slug, `invalid-argument` for a request id used
 * with another content, `not-found` when what the request once created is deleted by now.
 */
export function createResource(tx: Transaction, input: NewResource): CreatedResource {
  const earlier = input.request && resourceOfRequest(tx.db, input.request, input.createdAt);
  if (earlier !== undefined) return { resource: storedResource(tx.db, earlier), replayed: true };
  refuseTaken(tx.db, input);
  const resource = newRow(input);
  insertRow(tx.db, resourceTable, resource);
  if (input.revision !== undefined) {
    keepRevisionOf(tx.db, resource, input.revision, input);
  }
  replaceLabels(tx.db, input.id, input.labels ?? {});
  replaceReferences(tx.db, input.id, input.references ?? []);
  if (input.request !== undefined) rememberRequest(tx.db, input.request, resource);
  tx.changed({ kind: input.kind, id: input.id, effect: "created" });
  return { resource, replayed: false };
}

function newRow(input: NewResource): ResourceRow {
  return {
    kind: input.kind,
    id: input.id,
    org: input.org,
    slug: input.slug,
    name: input.name,
    resourceVersion: 1,
    createdAt: input.createdAt,
    updatedAt: input.createdAt,
    revisionHash: input.revision?.hash ?? null,
    parentId: input.parentId ?? null,
    phase: input.phase ?? 0,
    body: input.body,
  };
}

function resourceOfRequest(
  db: Connection,
  request: RequestIdentity,
  now: number,
): string | undefined {
  const { requestId, method, fingerprint } = request;
  const found = db.get<{ resourceId: string; fingerprint: string }>(
    `select resource_id as resourceId, fingerprint from request
      where request_id = $requestId and method = $method and at > $oldest`,
    { requestId, method, oldest: now - requestMemoryMs },
  );
  if (found === undefined || found.fingerprint === fingerprint) return found?.resourceId;
  throw new StigmerError(
    "invalid-argument",
    `request id ${requestId} was used before with another content, for ${found.resourceId}`,
    { hint: "use a new request id for a new request" },
  );
}

function refuseTaken(db: Connection, input: NewResource): void {
  const { kind, id, org, slug } = input;
  const taken = db.get<{ id: string }>(
    `select id from resource where id = $id
      union all select id from resource where kind = $kind and org = $org and slug = $slug`,
    { kind, id, org, slug },
  );
  if (taken === undefined) return;
  const what = taken.id === id ? `id ${id}` : `slug ${slug}`;
  throw new StigmerError("already-exists", `${what} is taken by ${taken.id}`, {
    hint: "choose another name, or change the one that is there",
  });
}

function rememberRequest(db: Connection, request: RequestIdentity, resource: ResourceRow): void {
  const at = resource.createdAt;
  db.run("delete from request where at <= $oldest", { oldest: at - requestMemoryMs });
  db.run(
    `insert into request (request_id, method, resource_id, fingerprint, at)
      values ($requestId, $method, $resourceId, $fingerprint, $at)`,
    { ...request, resourceId: resource.id, at },
  );
}
