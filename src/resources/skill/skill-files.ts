import type {
  SkillFile,
  SkillSpec,
} from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import {
  readSkillDocument,
  type SkillDocument,
  skillDocumentPath,
} from "../../contract/skill-front-matter.ts";

/** Sorts the files and takes the description from SKILL.md, so that equal skills are equal messages. */
export function completeSkill(spec: SkillSpec): void {
  spec.files.sort((one, other) => comparePaths(one.path, other.path));
  try {
    spec.description = skillDocumentOf(spec)?.description ?? spec.description;
  } catch {
    // Whatever is wrong with it, the check of the skill says so.
  }
}

/** Undefined for a skill without a SKILL.md that is text. @throws what {@link readSkillDocument} throws */
export function skillDocumentOf({ files }: SkillSpec): SkillDocument | undefined {
  const file = files.find(({ path }) => path === skillDocumentPath);
  return file?.content.case === "text" ? readSkillDocument(file.content.value) : undefined;
}

/** Hashes of the artifacts that its files are in. */
export function artifactsOfSkill({ files }: SkillSpec): string[] {
  return [...new Set(files.flatMap(({ content }) => artifactOf(content) ?? []))];
}

export function artifactOf(content: SkillFile["content"]): string | undefined {
  return content.case === "sha256" ? content.value : undefined;
}

/** The same on every machine. */
function comparePaths(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
