import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StigmerError } from "../../contract/errors.ts";
import type { Skill } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { SkillSpecSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import {
  type SkillVersion,
  SkillVersionSchema,
} from "../../contract/gen/ai/stigmer/agentic/skill/v1/status_pb.ts";
import type { Resource } from "../resource.ts";
import { revisionHash } from "../revision.ts";

/** Versions that are kept without a tag. */
const keptVersions = 100;

/** They stand in the status, which has 64 KB. */
const maxTags = 256;

/** The versions of what is stored, with what is written now as the newest. */
export function carryVersions(stored: Resource, before: Resource | undefined, atMs: number): void {
  const { spec, status } = stored as Skill;
  if (!spec || !status) return;
  const hash = revisionHash(SkillSpecSchema, spec);
  const known = (before as Skill | undefined)?.status?.versions ?? [];
  const [newest] = known;
  if (newest?.hash === hash) {
    status.versions = known;
    return;
  }
  // Content that comes back is the version it was, pushed anew.
  const tags = known.find((version) => version.hash === hash)?.tags ?? [];
  const version = create(SkillVersionSchema, { hash, pushedAt: timestampFromMs(atMs), tags });
  status.versions = [version, ...known.filter((each) => each.hash !== hash)].filter(
    (each, index) => index < keptVersions || each.tags.length > 0,
  );
}

/**
 * Gives a version these names, which then name no other. Throws `invalid-argument` for `latest`,
 * `not-found` for a version that is not there, `resource-exhausted` for too many tags.
 */
export function tagVersion(skill: Skill, hash: string, tags: readonly string[]): void {
  const versions = skill.status?.versions ?? [];
  const version = versions.find((each) => each.hash === hash);
  if (!version) throw new StigmerError("not-found", `there is no version ${hash} to tag`);
  if (tags.includes("latest")) {
    throw new StigmerError("invalid-argument", 'tags: "latest" is always the current version', {
      hint: "choose another tag",
    });
  }
  for (const tag of tags) {
    if (version.tags.includes(tag)) continue;
    removeTags(skill, [tag]);
    version.tags.push(tag);
  }
  if (versions.reduce((sum, each) => sum + each.tags.length, 0) <= maxTags) return;
  throw new StigmerError("resource-exhausted", `a skill has at most ${maxTags} tags`, {
    hint: "remove some of its tags first",
  });
}

export function removeTags(skill: Skill, tags: readonly string[]): void {
  for (const version of skill.status?.versions ?? []) {
    version.tags = version.tags.filter((tag) => !tags.includes(tag));
  }
}

/** Hash of the version that a tag, `latest`, a hash or the start of one stands for. */
export function findVersion(versions: readonly SkillVersion[], name: string): string | undefined {
  if (name === "latest") return versions[0]?.hash;
  const tagged = versions.find(({ tags }) => tags.includes(name));
  if (tagged) return tagged.hash;
  if (!/^[0-9a-f]{8,64}$/.test(name)) return undefined;
  const matching = versions.filter(({ hash }) => hash.startsWith(name));
  return matching.length === 1 ? matching[0]?.hash : undefined;
}

/** Every name that would have been understood: tags, then the newest hashes. */
export function versionNames(versions: readonly SkillVersion[]): string[] {
  const tags = versions.flatMap((version) => version.tags);
  const hashes = versions.slice(0, 5).map(({ hash }) => hash.slice(0, 12));
  return ["latest", ...tags.slice(0, 10), ...hashes];
}
