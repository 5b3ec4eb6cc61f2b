import { createHash } from "node:crypto";
import { basename } from "node:path";
import { create } from "@bufbuild/protobuf";
import { attachmentTypeOf, attachmentTypes } from "../../contract/attachment-type.ts";
import { StigmerError } from "../../contract/errors.ts";
import {
  type Attachment,
  AttachmentSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/attachment_pb.ts";
import type { CommandContext } from "../command-context.ts";
import { readFileBytes } from "../input/read-text.ts";
import { type HashedFile, uploadMissing } from "../skill/upload-missing.ts";

/** As many as one message carries. */
const maxFiles = 32;

/**
 * Brings the files of a message to the daemon.
 *
 * @throws StigmerError `invalid-argument` for a file that cannot be read, or that is none of those
 *   which a message carries; `usage` for too many
 */
export async function uploadAttachments(
  paths: readonly string[],
  context: CommandContext,
): Promise<Attachment[]> {
  if (paths.length > maxFiles) {
    const message = `${paths.length} files are attached; a message carries ${maxFiles}.`;
    throw new StigmerError("usage", message, { hint: "Attach fewer files." });
  }
  const files = await Promise.all(paths.map(readAttachment));
  if (files.length > 0) await uploadMissing(files, context);
  return files.map(({ path, sha256 }) =>
    create(AttachmentSchema, { name: fileName(path), sha256 }),
  );
}

async function readAttachment(path: string): Promise<HashedFile> {
  const content = await readFileBytes(path);
  if (attachmentTypeOf(content) === undefined) {
    throw new StigmerError("invalid-argument", `${path} cannot be attached.`, {
      hint: `These can: ${attachmentTypes}.`,
    });
  }
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { path, sha256, bytes: content.length, open: () => once(content) };
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}

/** As the model is told of it; what would end its quotes is left out. */
function fileName(path: string): string {
  return (
    basename(path)
      // oxlint-disable-next-line no-control-regex -- a file name may have them
      .replaceAll(/[\\"<>\x00-\x1f]/g, "_")
      .slice(0, 255)
  );
}
