import type { PinnedSkill } from "../../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";

/** Names of the tools below; no tool of a server has one without `__`. */
export const skillTools = { activate: "activate_skill", read: "read_skill_file" } as const;

/** The instructions with what each skill is for at their end; the same for the same skills. */
export function withSkillCatalog(instructions: string, skills: readonly PinnedSkill[]): string {
  if (skills.length === 0) return instructions;
  const lines = skills.map(
    ({ slug, description }) => `- ${slug}: ${description.replaceAll(/\s+/g, " ").trim()}`,
  );
  return [
    instructions.trimEnd(),
    "",
    "# Skills",
    "",
    `A skill holds instructions for one kind of task. When a task fits a description below, call ${skillTools.activate} with the name before you begin, and follow what it says.`,
    "",
    ...lines,
  ].join("\n");
}
