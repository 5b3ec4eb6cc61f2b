import { ModelError } from "./model-error.ts";
import type { ModelRequest } from "./model-request.ts";
import type { StreamingModel } from "./provider-adapter.ts";

/**
 * Refuses files of the user that the model cannot read, before anything is sent: providers answer
 * with a sentence about their own wire, or leave the file out without a word.
 */
export async function refuseUnreadable(
  { messages, model }: ModelRequest,
  { canRead }: StreamingModel,
): Promise<void> {
  for (const { role, parts } of messages) {
    if (role !== "user") continue;
    for (const part of parts) {
      if (part.kind !== "image" && part.kind !== "file") continue;
      // oxlint-disable-next-line no-await-in-loop -- the first one is enough
      if (await canRead(part.mediaType)) continue;
      const file = `${part.name ?? "an image"} (${part.mediaType})`;
      const message = `${model.provider}/${model.name} cannot read ${file}.`;
      throw new ModelError("invalid-request", message, model, {
        hint: "Choose a model that can with --model, or start again without the file.",
      });
    }
  }
}
