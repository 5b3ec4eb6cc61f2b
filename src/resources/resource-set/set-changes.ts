import { clone, create } from "@bufbuild/protobuf";
import {
  type FieldChange,
  FieldChangeSchema,
  type ResourceChange,
  ResourceChangeSchema,
  ResourceEffect,
  type ResourceSetChanges,
  ResourceSetChangesSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import {
  type ApiResourceMetadata,
  ApiResourceMetadataSchema,
} from "../../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import { type Kind, kindOf } from "../../contract/kinds.ts";
import type { ResourceRow } from "../../store/tables/resource-table.ts";
import { Pace } from "../../system/pace.ts";
import { revisionHash } from "../revision.ts";
import type { Resource } from "../resource.ts";
import { fromRow, specSchema } from "../stored-resource.ts";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Skill } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import type { SkillVersion } from "../../contract/gen/ai/stigmer/agentic/skill/v1/status_pb.ts";
import { versionedKind } from "./set-versions.ts";
import { isHeld } from "./hold-imported.ts";
import { fieldChanges } from "./field-changes.ts";
import type { PlannedMember, SetPlan } from "./set-plan.ts";
import { documentOf } from "./set-member.ts";

/** `planned`: nothing was written, so new resources have no id yet. */
export type PlanState = "planned" | "applied";

/** A plan as its caller is told of it. */
export async function setChanges(plan: SetPlan, state: PlanState): Promise<ResourceSetChanges> {
  const answer = create(ResourceSetChangesSchema);
  const pace = new Pace();
  for (const member of plan.members) {
    answer.changes.push(memberChange(member, state));
    await pace.rest();
  }
  for (const row of plan.pruned) {
    answer.changes.push(deletion(row));
    await pace.rest();
  }
  return answer;
}

function memberChange(planned: PlannedMember, state: PlanState): ResourceChange {
  const { member, row, current, isChanged } = planned;
  const { kind, slug } = member;
  const change = create(ResourceChangeSchema, { kind: kind.number, slug, id: row?.id ?? "" });
  if (!isChanged) {
    change.effect = ResourceEffect.UNCHANGED;
    return change;
  }
  const after = written(planned);
  if (current) {
    change.effect = ResourceEffect.UPDATED;
    change.fields = changedFields(planned, current);
    change.before = documentOf(kind, current);
  } else {
    change.effect = ResourceEffect.CREATED;
    if (state === "planned" && after.metadata) after.metadata.id = "";
    change.id = after.metadata?.id ?? "";
  }
  change.after = documentOf(kind, after);
  return change;
}

/** With what the store itself decides. */
function written({ member, row, next }: PlannedMember): Resource {
  const { kind } = member;
  const after = clone(kind.message, next) as Resource;
  if (after.metadata && after.spec) {
    after.metadata.revision = revisionHash(specSchema(kind), after.spec);
    after.metadata.resourceVersion = String((row?.resourceVersion ?? 0) + 1);
  }
  return after;
}

function changedFields({ member, next }: PlannedMember, current: Resource): FieldChange[] {
  const schema = specSchema(member.kind);
  const [old, changed] = [withoutVersion(current), withoutVersion(next)];
  return [
    ...fieldChanges(ApiResourceMetadataSchema, old, changed, "metadata"),
    ...(current.spec && next.spec ? fieldChanges(schema, current.spec, next.spec, "spec") : []),
    ...holdChange(member.kind, current, next),
    ...(member.kind === versionedKind ? versionChanges(current as Skill, next as Skill) : []),
  ];
}

/** Of the status only what a set itself decides. */
function holdChange(kind: Kind, current: Resource, next: Resource): FieldChange[] {
  const [was, is] = [isHeld(kind, current), isHeld(kind, next)];
  if (was === is) return [];
  const held = create(ValueSchema, { kind: { case: "boolValue", value: true } });
  const change = was ? { old: held } : { new: held };
  return [create(FieldChangeSchema, { path: "status.heldByImport", ...change })];
}

/** Tags that come or move, and earlier versions that come without one. */
function versionChanges(current: Skill, next: Skill): FieldChange[] {
  const known = (current.status?.versions ?? []).flatMap(namesOf);
  const hashes = new Map(known);
  // The spec says what the newest is.
  const [newest, ...earlier] = next.status?.versions ?? [];
  const tags = newest?.tags.map((tag): NamedHash => [tag, newest.hash]) ?? [];
  return [...tags, ...earlier.flatMap(namesOf)]
    .filter(([name, hash]) => hashes.get(name) !== hash)
    .map(([name, hash]) => versionChange(name, hashes.get(name), hash));
}

type NamedHash = readonly [name: string, hash: string];

function namesOf({ hash, tags }: SkillVersion): NamedHash[] {
  return [[hash, hash], ...tags.map((tag): NamedHash => [tag, hash])];
}

function versionChange(name: string, old: string | undefined, next: string): FieldChange {
  return create(FieldChangeSchema, {
    path: `versions[${JSON.stringify(name)}]`,
    ...(old === undefined ? {} : { old: textValue(old) }),
    new: textValue(next),
  });
}

function textValue(text: string): Value {
  return create(ValueSchema, { kind: { case: "stringValue", value: text } });
}

/** Its metadata without what every write changes. */
function withoutVersion({ metadata }: Resource): ApiResourceMetadata {
  const copy = metadata
    ? clone(ApiResourceMetadataSchema, metadata)
    : create(ApiResourceMetadataSchema);
  return Object.assign(copy, { revision: "", resourceVersion: "" });
}

function deletion(row: ResourceRow): ResourceChange {
  const kind = kindOf(row.kind);
  return create(ResourceChangeSchema, {
    effect: ResourceEffect.DELETED,
    kind: row.kind,
    slug: row.slug ?? "",
    id: row.id,
    before: documentOf(kind, fromRow(kind, row)),
  });
}
