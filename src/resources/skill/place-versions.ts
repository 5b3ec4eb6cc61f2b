import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Skill } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { SkillVersionSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/status_pb.ts";
import { tagVersion } from "./skill-versions.ts";

/** A version that is written together with its skill. */
export interface PlacedVersion {
  /** Undefined: the current one. */
  readonly hash: string | undefined;
  readonly tags: readonly string[];
}

/**
 * Puts versions behind the current one, the last of them next to it, and gives them their tags. What
 * is known keeps its place, so that placing the same again changes nothing. Throws what
 * {@link tagVersion} throws.
 */
export function placeVersions(skill: Skill, placed: readonly PlacedVersion[], atMs: number): void {
  const versions = skill.status?.versions ?? [];
  for (const { hash, tags } of placed) {
    if (hash !== undefined && !versions.some((known) => known.hash === hash)) {
      const version = create(SkillVersionSchema, { hash, pushedAt: timestampFromMs(atMs) });
      versions.splice(1, 0, version);
    }
    tagVersion(skill, hash ?? versions[0]?.hash ?? "", tags);
  }
}
