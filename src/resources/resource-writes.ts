import { clone, create, createRegistry, equals, toBinary } from "@bufbuild/protobuf";
import type { Kind } from "../contract/kinds.ts";
import type { NewResource } from "../store/operations/create-resource.ts";
import type { NewRevision } from "../store/operations/stored-resource.ts";
import type { ResourceUpdate } from "../store/operations/update-resource.ts";
import type { ResourceRow } from "../store/tables/resource-table.ts";
import { rulesOf } from "./kind-rules.ts";
import type { Resource } from "./resource.ts";
import { revisionHash } from "./revision.ts";
import { specSchema, statusSchema } from "./stored-resource.ts";

/** What is written of a resource, and when; ids of what it refers to are kept beside it. */
export interface ResourceWrite {
  readonly stored: Resource;
  readonly references: readonly ResourceRow[];
  readonly atMs: number;
  /** What it was before, where that is written together with it. */
  readonly earlier?: readonly NewRevision[];
}

export function creationOf(
  kind: Kind,
  { stored, references, atMs, earlier = [] }: ResourceWrite,
): NewResource {
  const { metadata, spec } = stored;
  if (!metadata || !spec) throw new Error("validated resources have metadata and spec");
  return {
    kind: kind.number,
    id: metadata.id,
    org: metadata.org,
    slug: metadata.slug,
    name: metadata.name,
    createdAt: atMs,
    body: toBinary(kind.message, stored),
    labels: metadata.labels,
    references: references.map((row) => row.id),
    ...revisionOf(kind, stored),
    earlierRevisions: earlier,
  };
}

export function updateOf(
  kind: Kind,
  row: ResourceRow,
  { stored, references, atMs, earlier = [] }: ResourceWrite,
): ResourceUpdate {
  return {
    id: row.id,
    updatedAt: atMs,
    name: stored.metadata?.name ?? row.name,
    body: toBinary(kind.message, stored),
    labels: stored.metadata?.labels ?? {},
    references: references.map(({ id }) => id),
    ...revisionOf(kind, stored),
    earlierRevisions: earlier,
  };
}

/** Whether writing `next` would change nothing but what the daemon itself fills in. */
export function isUnchanged(kind: Kind, current: Resource, next: Resource): boolean {
  const normalised = clone(kind.message, next) as Resource;
  normalised.apiVersion = current.apiVersion;
  normalised.kind = current.kind;
  if (current.status) normalised.status = current.status;
  else delete normalised.status;
  if (normalised.metadata && current.metadata) {
    normalised.metadata.revision = current.metadata.revision;
    normalised.metadata.resourceVersion = current.metadata.resourceVersion;
  }
  return equals(kind.message, current, normalised, {
    registry: createRegistry(),
    unknown: true,
  });
}

/** Whether two statuses say the same, but for who wrote last. */
export function isSameStatus(kind: Kind, one: Resource, other: Resource): boolean {
  const compared = clone(kind.message, other) as Resource;
  if (compared.status) compared.status.audit = one.status?.audit;
  const [left, right] = [one.status, compared.status];
  return left !== undefined && right !== undefined && equals(statusSchema(kind), left, right);
}

function revisionOf(
  kind: Kind,
  resource: Resource,
): Pick<NewResource, "revision" | "keptRevisions"> {
  const schema = specSchema(kind);
  const spec = resource.spec ?? create(schema);
  const revision = { hash: revisionHash(schema, spec), body: toBinary(schema, spec) };
  const retained = rulesOf(kind.number).retained?.(resource);
  if (!retained) return { revision };
  const { artifacts, revisions } = retained;
  return { revision: { ...revision, artifacts }, keptRevisions: revisions };
}
