import { clone, create } from "@bufbuild/protobuf";
import {
  type TaggedSkillVersion,
  TaggedSkillVersionSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { type Skill, SkillSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import type { SkillFile } from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import type { ArtifactClient } from "./artifacts.ts";
import { contentBytes, InlineBudget, inlineContent, inPlacingOrder } from "./file-content.ts";
import { type HashedFile, type UploadContext, uploadMissing } from "./upload-missing.ts";

/**
 * A skill as a document that needs nothing but itself: what is an artifact stands in it, as `text`
 * where it is UTF-8 and as `data` (base64 in JSON and YAML) otherwise. For exports;
 * {@link withStoredFiles} is the way back. Such a document may be larger than a message. Holds one
 * skill in memory. Throws `not-found` or `data-loss` for an artifact that is not there.
 */
export async function withInlineFiles(daemon: ArtifactClient, skill: Skill): Promise<Skill> {
  const inlined = clone(SkillSchema, skill);
  for (const file of inlined.spec?.files ?? []) {
    // oxlint-disable-next-line no-await-in-loop -- one file in memory at a time
    if (file.content.case === "sha256") file.content = inlineContent(await wholeOf(daemon, file));
  }
  return inlined;
}

/**
 * A skill as it is sent: of the files that stand in the document, those are uploaded that a message
 * does not hold, and named by their hash. The way back from {@link withInlineFiles}, and what every
 * document goes through before it is applied, imported, planned or compared. What fits stays as it
 * is written. Throws `resource-exhausted` for a file that is too large for an artifact.
 */
export async function withStoredFiles(context: UploadContext, skill: Skill): Promise<Skill> {
  const sent = clone(SkillSchema, skill);
  const large = largeFiles(sent.spec?.files ?? []);
  if (large.length === 0) return skill;
  const hashed = await Promise.all(large.map((file) => hashedFile(context.daemon, file)));
  await uploadMissing(hashed, context);
  for (const [index, file] of large.entries()) {
    file.content = { case: "sha256", value: hashed[index]?.sha256 ?? "" };
  }
  return sent;
}

/** Versions of a skill with the files of each converted as those of a skill; one after the other. */
export async function convertedVersions(
  versions: readonly TaggedSkillVersion[],
  convert: (skill: Skill) => Promise<Skill>,
): Promise<TaggedSkillVersion[]> {
  const converted: TaggedSkillVersion[] = [];
  for (const { skill, tags, spec } of versions) {
    // oxlint-disable-next-line no-await-in-loop -- one version in work at a time
    const { spec: own } = spec ? await convert(create(SkillSchema, { spec })) : {};
    const version = { skill, tags, ...(own ? { spec: own } : {}) };
    converted.push(create(TaggedSkillVersionSchema, version));
  }
  return converted;
}

/** What stands in the document and has no place in the message, by the rule of any other skill. */
function largeFiles(files: readonly SkillFile[]): SkillFile[] {
  const budget = new InlineBudget();
  return inPlacingOrder(files).filter(
    ({ content }) => content.case !== "sha256" && !budget.takes(sizeOf(content)),
  );
}

function sizeOf(content: SkillFile["content"]): number {
  if (content.case === "text") return Buffer.byteLength(content.value);
  return content.case === "data" ? content.value.length : 0;
}

async function hashedFile(daemon: ArtifactClient, file: SkillFile): Promise<HashedFile> {
  const bytes = await wholeOf(daemon, file);
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  const { path, content } = file;
  return { path, sha256, bytes: bytes.length, open: () => contentBytes(daemon, content) };
}

async function wholeOf(daemon: ArtifactClient, { content }: SkillFile): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(contentBytes(daemon, content)));
}
