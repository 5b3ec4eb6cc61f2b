import { clone, create, type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type ApiResourceAudit,
  ApiResourceAuditSchema,
  ApiResourceMetadataSchema,
} from "../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import { StigmerError } from "../contract/errors.ts";
import type { Kind } from "../contract/kinds.ts";
import { apiVersion } from "../contract/metadata-keys.ts";
import type { Checked } from "../store/table-format.ts";
import type { ResourceRow } from "../store/tables/resource-table.ts";
import type { Resource } from "./resource.ts";

/** What a stored row says: its body, with what the store itself decides laid over it. */
export function fromRow(kind: Kind, row: ResourceRow): Resource {
  const resource = fromBinary(kind.message, row.body) as Resource;
  const metadata = (resource.metadata ??= create(ApiResourceMetadataSchema));
  metadata.id = row.id;
  metadata.slug = row.slug ?? row.id;
  metadata.name = row.name;
  metadata.org = row.org;
  metadata.revision = row.revisionHash ?? "";
  metadata.resourceVersion = String(row.resourceVersion);
  return resource;
}

/** The resource as it was in one of its versions. Throws `data-loss` when its content is gone. */
export function fromVersion(
  kind: Kind,
  row: ResourceRow,
  { hash, spec }: { readonly hash: string; readonly spec: Uint8Array | undefined },
): Resource {
  const resource = fromRow(kind, row);
  if (!spec) throw new StigmerError("data-loss", `version ${hash} of ${row.id} is gone`);
  resource.spec = fromBinary(specSchema(kind), spec);
  if (resource.metadata) resource.metadata.revision = hash;
  return resource;
}

/** A damaged row stays visible in a list: its id and what is wrong with it, and nothing else. */
export function fromCheckedRow(kind: Kind, item: Checked<ResourceRow>): Resource {
  if (item.kind === "intact") return fromRow(kind, item.row);
  return create(kind.message, {
    apiVersion,
    kind: kind.info.name,
    metadata: { id: item.id, annotations: { [damagedAnnotation]: item.error.message } },
  }) as Resource;
}

const damagedAnnotation = "stigmer.ai/damaged";

/** The resource as it is about to be written: our own fields set, a client's ignored. */
export function toStored(kind: Kind, resource: Resource, audit: ApiResourceAudit): Resource {
  const stored = clone(kind.message, resource) as Resource;
  stored.apiVersion = apiVersion;
  stored.kind = kind.info.name;
  stored.status = create(statusSchema(kind)) as NonNullable<Resource["status"]>;
  stored.status.audit = audit;
  if (stored.metadata) {
    stored.metadata.revision = "";
    stored.metadata.resourceVersion = "";
  }
  return stored;
}

export function auditNow(actor: string, atMs: number, before?: ApiResourceAudit): ApiResourceAudit {
  const entry = { actor, at: timestampFromMs(atMs) };
  return create(ApiResourceAuditSchema, { created: before?.created ?? entry, updated: entry });
}

export function specSchema(kind: Kind): DescMessage {
  return fieldSchema(kind, "spec");
}

export function statusSchema(kind: Kind): DescMessage {
  return fieldSchema(kind, "status");
}

function fieldSchema(kind: Kind, name: string): DescMessage {
  const field = kind.message.field[name];
  if (field?.fieldKind !== "message") throw new Error(`${kind.info.name} has no ${name}`);
  return field.message;
}
