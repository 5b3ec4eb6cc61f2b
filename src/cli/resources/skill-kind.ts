import { SkillSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { definitionKind } from "./definition-kind.ts";

export const skillKind = definitionKind(SkillSchema, {
  word: "skill",
  plural: "skills",
  columns: [
    { title: "VERSION", value: ({ metadata }) => metadata?.revision.slice(0, 12) ?? "" },
    { title: "FILES", value: ({ spec }) => String(spec?.files.length ?? 0) },
    { title: "DESCRIPTION", value: ({ spec }) => spec?.description ?? "", flexible: true },
  ],
  fields: ({ spec }) => [["description", spec?.description ?? ""]],
  text: ({ spec }) => ["files", spec?.files.map(({ path }) => path).join("\n") ?? ""],
});
