import type { OfferedTool } from "../agent-run.ts";
import { skillTools } from "./skill-catalog.ts";

/** The tools of an agent with skills, for these names. Both only read what is pinned. */
export function offeredSkillTools(names: readonly string[]): OfferedTool[] {
  const skill = { type: "string", enum: [...names], description: "Name of the skill." };
  return [
    {
      name: skillTools.activate,
      description: "Returns the instructions of a skill and the list of its files.",
      inputSchema: {
        type: "object",
        properties: { skill },
        required: ["skill"],
        additionalProperties: false,
      },
      repeatable: true,
    },
    {
      name: skillTools.read,
      description:
        "Returns the text of a file of a skill. A long one comes in pieces: the end of each says how to go on.",
      inputSchema: {
        type: "object",
        properties: {
          skill,
          path: { type: "string", description: "Path as the list of files has it." },
          offset: { type: "integer", minimum: 0, description: "Byte to start at. Default: 0." },
        },
        required: ["skill", "path"],
        additionalProperties: false,
      },
      repeatable: true,
    },
  ];
}
