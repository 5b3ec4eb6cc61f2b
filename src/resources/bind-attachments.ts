import { create } from "@bufbuild/protobuf";
import { attachmentTypeOf, attachmentTypes } from "../contract/attachment-type.ts";
import { type FieldViolation, StigmerError } from "../contract/errors.ts";
import {
  type Attachment,
  AttachmentSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/attachment_pb.ts";
import type { Store } from "../store/store.ts";
import { formatByteSize } from "../system/byte-size.ts";

/**
 * The files of a message with what their contents say of them.
 *
 * @throws StigmerError `failed-precondition` for one that was not uploaded, `invalid-argument` for
 *   one that no message can carry, or too much of them
 */
export async function bindAttachments(
  { read, artifacts }: Pick<Store, "read" | "artifacts">,
  sent: readonly Attachment[],
  maxBytes: number,
): Promise<Attachment[]> {
  const sized = sent.map((attachment, index) => {
    const artifact = read.artifact(attachment.sha256);
    if (artifact) return create(AttachmentSchema, { ...attachment, size: BigInt(artifact.size) });
    throw refused("failed-precondition", "upload it with ArtifactController first", {
      field: `spec.attachments[${index}].sha256`,
      rule: "reference",
      message: `the content of "${attachment.name}" is not there: artifact ${attachment.sha256}`,
    });
  });
  refuseTooMuch(sized, maxBytes);
  // One after the other: each is held in memory as a whole.
  for (const [index, attachment] of sized.entries()) {
    const content: Uint8Array[] = [];
    // oxlint-disable-next-line no-await-in-loop -- see above
    for await (const piece of await artifacts.open(attachment.sha256)) content.push(piece);
    attachment.mediaType = typeOf(attachment, Buffer.concat(content), index);
  }
  return sized;
}

function refuseTooMuch(attachments: readonly Attachment[], maxBytes: number): void {
  const bytes = attachments.reduce((sum, { size }) => sum + Number(size), 0);
  if (bytes <= maxBytes) return;
  const message = `together ${bytes} bytes, and ${formatByteSize(maxBytes)} are the limit`;
  const hint = "attach less, or: stigmer config set limits.attachmentBytes SIZE";
  throw refused("invalid-argument", hint, { field: "spec.attachments", rule: "size", message });
}

function typeOf({ name }: Attachment, content: Uint8Array, index: number): string {
  const found = attachmentTypeOf(content);
  if (found !== undefined) return found;
  throw refused("invalid-argument", `these can be attached: ${attachmentTypes}`, {
    field: `spec.attachments[${index}]`,
    rule: "media-type",
    message: `"${name}" is nothing that a message can carry`,
  });
}

function refused(
  code: "invalid-argument" | "failed-precondition",
  hint: string,
  violation: FieldViolation,
): StigmerError {
  const message = `${violation.field}: ${violation.message}`;
  return new StigmerError(code, message, { hint, violations: [violation] });
}
