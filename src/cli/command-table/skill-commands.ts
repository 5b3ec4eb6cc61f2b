import type { CommandSpec } from "../command-spec.ts";
import { itemOf, itemsOf, pageOf, resultTypes } from "./results.ts";
import { cascadeFlag, pagingFlags } from "./shared-flags.ts";

const skillArgument = { name: "NAME", summary: "Name, slug or id", complete: "skill" } as const;
const versionArgument = {
  name: "NAME[@VERSION]",
  summary: "Name, slug or id; @ a tag, latest, or the start of a hash",
  complete: "skill",
} as const;

/** Reads and uploads as much as a skill may hold. */
const transferDeadlineMs = 600_000;

export const skillCommands: readonly CommandSpec[] = [
  {
    path: ["skill", "push"],
    summary: "Make a folder or a zip archive the newest version of a skill",
    description:
      "A skill in the open Agent Skills format: SKILL.md and the files beside it. Its content is its version; the same content again changes nothing.",
    arguments: [
      { name: "DIR|FILE.zip", summary: "Folder or archive with a SKILL.md", complete: "file" },
    ],
    flags: [
      {
        name: "name",
        type: "string",
        value: "NAME",
        summary: "Another name than its SKILL.md says",
      },
      {
        name: "tag",
        type: "string",
        value: "TAG",
        repeated: true,
        summary: "Name this version; a tag names one version at a time",
      },
    ],
    examples: [
      { line: "stigmer skill push ./style", meaning: "create it, or add a version" },
      { line: "stigmer skill push style.zip --tag v2 --tag stable", meaning: "with two names" },
    ],
    deadline: transferDeadlineMs,
    result: itemOf(resultTypes.skill),
    load: async () => (await import("../commands/skill.ts")).pushSkill,
  },
  {
    path: ["skill", "list"],
    summary: "List skills",
    flags: pagingFlags,
    examples: [{ line: "stigmer skill list", meaning: "with their current versions and tags" }],
    result: pageOf(resultTypes.skill),
    load: async () => (await import("../commands/skill.ts")).listSkills,
  },
  {
    path: ["skill", "get"],
    summary: "Show a skill, its versions and its files",
    arguments: [versionArgument],
    examples: [
      { line: "stigmer skill get style", meaning: "the current version" },
      { line: "stigmer skill get style@v2", meaning: "what the tag v2 names" },
    ],
    result: itemOf(resultTypes.skill),
    load: async () => (await import("../commands/skill.ts")).getSkill,
  },
  {
    path: ["skill", "delete"],
    summary: "Delete skills with all their versions",
    description: "Executions keep the version they were started with.",
    arguments: [{ ...skillArgument, repeated: true }],
    flags: [cascadeFlag],
    examples: [{ line: "stigmer skill delete style", meaning: "unless an agent refers to it" }],
    result: itemsOf(resultTypes.skill),
    load: async () => (await import("../commands/skill.ts")).deleteSkills,
  },
  {
    path: ["skill", "export"],
    summary: "Write the files of a skill into a folder",
    description:
      "Exactly as they were pushed. The folder must be new or empty; nothing is overwritten.",
    arguments: [
      versionArgument,
      {
        name: "DIR",
        summary: "Folder to write; without it one named like the skill",
        optional: true,
        complete: "file",
      },
    ],
    examples: [{ line: "stigmer skill export style@v2 old-style", meaning: "an older version" }],
    deadline: transferDeadlineMs,
    result: itemOf(resultTypes.skill),
    load: async () => (await import("../commands/skill.ts")).exportSkill,
  },
];
