import { clone, create, type DescField } from "@bufbuild/protobuf";
import {
  type ResourceDocument,
  ResourceDocumentSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ApiResourceMetadataSchema } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import { type Kind, kinds } from "../../contract/kinds.ts";
import { refuseOrganisation } from "../refuse-organisation.ts";
import type { Resource } from "../resource.ts";
import { refuseIdLikeSlug, slugOf } from "../slug.ts";

/** One document of a set. */
export interface SetMember {
  readonly kind: Kind;
  readonly slug: string;
  /** The slug that the document says, or the name when it says none. */
  readonly writtenName: string;
  /** Only what its author writes: names, labels, annotations, tags and the spec. */
  readonly declared: Resource;
  /** Paths that the document says are empty. */
  readonly empty: ReadonlySet<string>;
}

/** Where a document stands in its set, as errors name it: `documents[2].agent`. */
export function documentPath(index: number, kind: Kind): string {
  return `documents[${index}].${memberField(kind).jsonName}`;
}

export function kindOfDocument({ resource }: ResourceDocument): Kind {
  const kind = kinds.find(({ message }) => message.typeName === resource.value?.$typeName);
  if (!kind) throw new Error("validated documents hold a resource of a kind");
  return kind;
}

/** Throws `invalid-argument` for a document that can have no slug, or names an organisation. */
export function setMember(document: ResourceDocument): SetMember {
  const kind = kindOfDocument(document);
  const declared = clone(kind.message, document.resource.value as Resource) as Resource;
  refuseOrganisation(declared.metadata?.org ?? "");
  const metadata = (declared.metadata ??= create(ApiResourceMetadataSchema));
  const writtenName = metadata.slug || metadata.name;
  const slug = metadata.slug || slugOf(metadata.name);
  refuseIdLikeSlug(slug);
  Object.assign(metadata, { id: "", revision: "", resourceVersion: "", slug });
  Object.assign(declared, { apiVersion: "", kind: "" });
  delete declared.status;
  return { kind, slug, writtenName, declared, empty: new Set(document.emptyFields) };
}

/** A resource as a document of a set. */
export function documentOf(kind: Kind, resource: Resource): ResourceDocument {
  const member = { case: memberField(kind).localName, value: resource };
  return create(ResourceDocumentSchema, { resource: member as ResourceDocument["resource"] });
}

function memberField(kind: Kind): DescField {
  const field = ResourceDocumentSchema.fields.find(
    ({ message }) => message?.typeName === kind.message.typeName,
  );
  if (!field) throw new Error(`${kind.info.name} is no kind of a set`);
  return field;
}
