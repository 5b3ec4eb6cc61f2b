import { basename, join, resolve } from "node:path";
import { create } from "@bufbuild/protobuf";
import { ResourceDocumentSchema } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { SkillSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { skillDocumentPath } from "../../contract/skill-front-matter.ts";
import type { ManifestDocument } from "./manifest-document.ts";

/** A folder with a SKILL.md as the skill of its name; its files are read when it is sent. */
export function skillFolderDocument(folder: string): ManifestDocument {
  const value = create(SkillSchema, { metadata: { name: basename(resolve(folder)) } });
  return {
    document: create(ResourceDocumentSchema, { resource: { case: "skill", value } }),
    place: `${join(folder, skillDocumentPath)}:1:1`,
    positions: new Map(),
    keys: new Map(),
    skillFolder: folder,
  };
}
