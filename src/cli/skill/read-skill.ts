import { create } from "@bufbuild/protobuf";
import { type Skill, SkillSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { readSkillDocument, skillDocumentPath } from "../../contract/skill-front-matter.ts";
import { toStigmerError } from "../../contract/errors.ts";
import { maxInlineBytes } from "./file-content.ts";
import { openSkillSource } from "./open-skill-source.ts";
import { placeFiles } from "./place-files.ts";
import { skillProblem } from "./skill-problem.ts";
import type { SkillSource } from "./skill-source.ts";
import type { UploadContext } from "./upload-missing.ts";

/**
 * Reads a skill from a folder or a zip archive and uploads what is large. Without a
 * name or slug it has the name that its SKILL.md gives. Throws `invalid-argument` for what is no skill.
 */
export async function readSkill(
  place: string,
  named: { readonly name?: string; readonly slug?: string },
  context: UploadContext,
): Promise<Skill> {
  await using source = await openSkillSource(place);
  // Before anything is uploaded.
  const { name, description } = await documentOf(place, source);
  const files = await placeFiles(source.files, context);
  return create(SkillSchema, {
    metadata: named.name === undefined && named.slug === undefined ? { slug: name } : named,
    spec: { description, files },
  });
}

async function documentOf(place: string, { files }: SkillSource) {
  const file = files.find(({ path }) => path === skillDocumentPath);
  if (!file) {
    const hint = "every skill has one at its top: what it is for, and how";
    throw skillProblem(place, `there is no ${skillDocumentPath}`, hint);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of file.open()) {
    bytes += chunk.length;
    if (bytes > maxInlineBytes) {
      const hint = "move details into files beside it";
      throw skillProblem(place, `${skillDocumentPath} has more than 64 KiB`, hint);
    }
    chunks.push(chunk);
  }
  try {
    return readSkillDocument(new TextDecoder().decode(Buffer.concat(chunks)));
  } catch (thrown) {
    const { message, hint } = toStigmerError(thrown);
    throw skillProblem(place, message, hint);
  }
}
