import { create } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import {
  type ResourceDocument,
  ResourceDocumentSchema,
  type TaggedSkillVersion,
  TaggedSkillVersionSchema,
} from "../../src/contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import {
  type SkillSpec,
  SkillSpecSchema,
} from "../../src/contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { revisionHash } from "../../src/resources/revision.ts";
import { skillText } from "./valid-specs.ts";

const skill = "versioned-skill";

/** A skill, agents that refer to its versions in every way, and the versions. */
export interface GeneratedVersions {
  readonly documents: ResourceDocument[];
  readonly skillVersions: TaggedSkillVersion[];
}

/** How many tags each version has, oldest first; the last is the current one. */
const tagCounts = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 });

/** Versions with and without tags: every one is referred to by its hash and by each of its tags. */
export const generatedVersions: fc.Arbitrary<GeneratedVersions> = tagCounts.map((counts) => {
  const versions = counts.map((count, index) => ({
    tags: Array.from({ length: count }, (_, tag) => `v${index}.${tag}`),
    spec: specOf(index),
  }));
  const current = specOf(counts.length - 1);
  const names = versions.flatMap(({ tags, spec }, index) => {
    const hash = revisionHash(SkillSpecSchema, spec);
    return [hash.slice(0, 8 + index), ...tags];
  });
  return {
    documents: [
      create(ResourceDocumentSchema, {
        resource: { case: "skill", value: { metadata: { slug: skill }, spec: current } },
      }),
      ...["latest", ...names].map(agentWith),
    ],
    skillVersions: versions.map(({ tags, spec }, index) => {
      const isCurrent = index === versions.length - 1;
      return create(TaggedSkillVersionSchema, { skill, tags, ...(isCurrent ? {} : { spec }) });
    }),
  };
});

function agentWith(version: string, index: number): ResourceDocument {
  const spec = { instructions: "Write.", skillRefs: [`${skill}@${version}`] };
  const value = { metadata: { slug: `with-version-${index}` }, spec };
  return create(ResourceDocumentSchema, { resource: { case: "agent", value } });
}

function specOf(version: number): SkillSpec {
  const text = skillText(`Version ${version}.`);
  return create(SkillSpecSchema, {
    description: "A sample.",
    files: [
      { path: "SKILL.md", content: { case: "text", value: text } },
      { path: "data", content: { case: "data", value: new Uint8Array([0, version]) } },
    ],
  });
}
