import { clone, create, toBinary } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import type {
  ResourceSet,
  TaggedSkillVersion,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { type Skill, SkillSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import {
  type SkillSpec,
  SkillSpecSchema,
} from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { type Kind, kindOf } from "../../contract/kinds.ts";
import type { NewRevision } from "../../store/operations/stored-resource.ts";
import type { StoreReader } from "../../store/store.ts";
import { rulesOf } from "../kind-rules.ts";
import type { Resource } from "../resource.ts";
import { isSameStatus } from "../resource-writes.ts";
import { revisionHash } from "../revision.ts";
import { checkSkill } from "../skill/check-skill.ts";
import { type PlacedVersion, placeVersions } from "../skill/place-versions.ts";
import { artifactsOfSkill, completeSkill } from "../skill/skill-files.ts";
import { auditNow, toStored } from "../stored-resource.ts";
import type { SetMember } from "./set-member.ts";
import type { PlannedMember } from "./set-plan.ts";
import type { SetProblems } from "./set-problems.ts";

/** A version that a set writes. */
export interface SetVersion extends PlacedVersion {
  /** Its content; undefined for the current one, which is written anyway. */
  readonly revision: NewRevision | undefined;
}

/** The versions of a set by what they call their skill, in their order. What is wrong is added to the problems. */
export function versionsBySkill(
  read: StoreReader,
  { skillVersions }: ResourceSet,
  problems: SetProblems,
): ReadonlyMap<string, readonly SetVersion[]> {
  const bySkill = new Map<string, SetVersion[]>();
  const tagged = new Set<string>();
  for (const [index, version] of skillVersions.entries()) {
    const found = problems.check(versionPath(index), () => {
      refuseTags(version, tagged);
      return setVersion(read, version);
    });
    if (!found) continue;
    const known = bySkill.get(version.skill);
    if (known) known.push(found);
    else bySkill.set(version.skill, [found]);
  }
  return bySkill;
}

/** Each version has to belong to a skill of the set: otherwise nothing would become of it. */
export function refuseStrayVersions(
  { skillVersions }: ResourceSet,
  members: readonly SetMember[],
  problems: SetProblems,
): void {
  const names = new Set(members.filter(isSkill).map(({ writtenName }) => writtenName));
  for (const [index, { skill }] of skillVersions.entries()) {
    if (names.has(skill)) continue;
    problems.check(versionPath(index), () => {
      throw refused("skill", "member", `"${skill}" is no skill of the set`);
    });
  }
}

/** What is planned for one document, without what it refers to. */
type Draft = Omit<PlannedMember, "references">;

interface Writer {
  readonly actor: string;
  readonly atMs: number;
}

/** A draft of a skill with its versions in place; unchanged when they were in place before. */
export function withVersions(
  draft: Draft,
  versions: readonly SetVersion[],
  { actor, atMs }: Writer,
): Draft {
  const { current, isChanged, member } = draft;
  const { kind } = member;
  const earlier = versions.flatMap(({ revision }) => revision ?? []);
  const next = (current && !isChanged
    ? rewritten(kind, current, { actor, atMs })
    : clone(kind.message, draft.next)) as unknown as Skill;
  placeVersions(next, versions, atMs);
  if (current && !isChanged && isSameStatus(kind, current, next)) return draft;
  return { ...draft, next, isChanged: true, earlier };
}

/** What is stored, as it would be written again. */
function rewritten(kind: Kind, current: Resource, { actor, atMs }: Writer): Resource {
  const next = toStored(kind, current, auditNow(actor, atMs, current.status?.audit));
  // A copy: what is placed into the one must not change the other.
  rulesOf(kind.number).carryStatus?.(next, clone(kind.message, current) as Resource, atMs);
  return next;
}

function isSkill({ kind }: SetMember): boolean {
  return kind.number === ApiResourceKind.SKILL;
}

function setVersion(read: StoreReader, { tags, spec }: TaggedSkillVersion): SetVersion {
  if (!spec) return { tags, hash: undefined, revision: undefined };
  const complete = clone(SkillSpecSchema, spec);
  completeSkill(complete);
  checkSkill(create(SkillSchema, { spec: complete }), read);
  const revision = revisionOf(complete);
  return { tags, hash: revision.hash, revision };
}

function revisionOf(spec: SkillSpec): NewRevision {
  const schema = SkillSpecSchema;
  const [hash, body] = [revisionHash(schema, spec), toBinary(schema, spec)];
  return { hash, body, artifacts: artifactsOfSkill(spec) };
}

function refuseTags({ skill, tags }: TaggedSkillVersion, tagged: Set<string>): void {
  for (const [index, tag] of tags.entries()) {
    const field = `tags[${index}]`;
    if (tag === "latest") throw refused(field, "tag", '"latest" is always the current version');
    const key = JSON.stringify([skill, tag]);
    if (tagged.has(key)) throw refused(field, "unique", `"${tag}" is given twice`);
    tagged.add(key);
  }
}

function refused(field: string, rule: string, message: string): StigmerError {
  return new StigmerError("invalid-argument", `${field}: ${message}`, {
    violations: [{ field, rule, message }],
  });
}

function versionPath(index: number): string {
  return `skillVersions[${index}]`;
}

/** The kind that has versions. */
export const versionedKind = kindOf(ApiResourceKind.SKILL);
