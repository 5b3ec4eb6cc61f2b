import { create } from "@bufbuild/protobuf";
import { ApiResourceMetadataSchema } from "../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import { type Kind, kindOfId } from "../contract/kinds.ts";
import { rulesOf } from "./kind-rules.ts";
import { refuseOrganisation } from "./refuse-organisation.ts";
import type { Resource } from "./resource.ts";
import { refuseIdLikeSlug, slugOf } from "./slug.ts";
import { auditNow, toStored } from "./stored-resource.ts";

/** What a resource has from its first moment on, besides what its author sent. */
export interface Origin {
  readonly id: string;
  readonly actor: string;
  readonly atMs: number;
}

/** The resource as it is about to be created. Throws `invalid-argument` when it can have no slug. */
export function newResource(kind: Kind, sent: Resource, { id, actor, atMs }: Origin): Resource {
  refuseOrganisation(sent.metadata?.org ?? "");
  const stored = toStored(kind, sent, auditNow(actor, atMs));
  const metadata = (stored.metadata ??= create(ApiResourceMetadataSchema));
  metadata.id = id;
  if (kind.info.generatedSlug) metadata.slug = givenSlug(metadata.slug) ?? metadata.id;
  else if (metadata.slug === "") metadata.slug = slugOf(metadata.name);
  if (!kind.info.generatedSlug) refuseIdLikeSlug(metadata.slug);
  metadata.name ||= metadata.slug;
  const rules = rulesOf(kind.number);
  rules.complete?.(stored);
  rules.carryStatus?.(stored, undefined, atMs);
  return stored;
}

/** One that is shaped like an id is what another resource of the kind got: a copy gets its own. */
function givenSlug(slug: string): string | undefined {
  return slug === "" || kindOfId(slug) !== undefined ? undefined : slug;
}
