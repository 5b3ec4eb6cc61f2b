import { create } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import {
  type SkillFile,
  SkillFileSchema,
} from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import {
  type FileContent,
  InlineBudget,
  inlineContent,
  inPlacingOrder,
  maxInlineBytes,
} from "./file-content.ts";
import { sizeText } from "../output/size-text.ts";
import { skillLimits, type SourceFile } from "./skill-source.ts";
import { type HashedFile, type UploadContext, uploadMissing } from "./upload-missing.ts";

/**
 * The files as a skill holds them: small ones in it, large ones uploaded unless the daemon has them.
 * The same files always give the same result. Throws `invalid-argument` for more than 500 MB.
 */
export async function placeFiles(
  files: readonly SourceFile[],
  context: UploadContext,
): Promise<SkillFile[]> {
  const budget = new InlineBudget();
  const large: HashedFile[] = [];
  const placed: SkillFile[] = [];
  let left: number = skillLimits.bytes;
  for (const file of inPlacingOrder(files)) {
    const { path, executable } = file;
    // oxlint-disable-next-line no-await-in-loop -- one file in memory at a time
    const { sha256, bytes, small } = await readOnce(file, left);
    left -= bytes;
    const inline = small !== undefined && budget.takes(bytes) ? inlineContent(small) : undefined;
    if (!inline) large.push({ path, sha256, bytes, open: () => file.open() });
    const content: FileContent = inline ?? { case: "sha256", value: sha256 };
    placed.push(create(SkillFileSchema, { path, executable, content }));
  }
  await uploadMissing(large, context);
  return placed;
}

interface ReadFile {
  readonly sha256: string;
  readonly bytes: number;
  /** The content of a file that is small enough to stand in a skill. */
  readonly small: Uint8Array | undefined;
}

async function readOnce(file: SourceFile, maxBytes: number): Promise<ReadFile> {
  const hasher = new Bun.CryptoHasher("sha256");
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of file.open()) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    hasher.update(chunk);
    if (bytes <= maxInlineBytes) chunks.push(chunk);
  }
  const small = bytes <= maxInlineBytes ? Buffer.concat(chunks) : undefined;
  return { sha256: hasher.digest("hex"), bytes, small };
}

function tooLarge(): StigmerError {
  const message = `The files of a skill may have ${sizeText(skillLimits.bytes)} together.`;
  return new StigmerError("invalid-argument", message, {
    hint: "Keep large data elsewhere and say in SKILL.md where.",
  });
}
