import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SkillFileSchema } from "../../src/contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";

type SkillFileInit = MessageInitShape<typeof SkillFileSchema>;

/** The SKILL.md of a skill. */
export function skillDocument(body: string, description = "Writes in our style."): string {
  return `---\nname: style\ndescription: ${description}\n---\n${body}\n`;
}

/** Files of a skill whose SKILL.md says `body`. */
export function skillFiles(body: string, ...others: readonly SkillFileInit[]): SkillFileInit[] {
  return [textFile("SKILL.md", skillDocument(body)), ...others];
}

export function textFile(path: string, value: string): SkillFileInit {
  return { path, content: { case: "text", value } };
}
