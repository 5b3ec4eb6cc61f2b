import { StigmerError } from "../../contract/errors.ts";
import { fileError } from "../../system/file-error.ts";

/**
 * A file or folder that an argument names and that cannot be read: a mistake of the caller's, as is
 * an argument that does not parse. `not-found` is what the daemon says of resources.
 */
export function unreadableFile(path: string, cause: unknown): StigmerError {
  const { message } = fileError("read", path, cause);
  return new StigmerError("invalid-argument", `${message.replace(/^c/, "C")}.`, {
    hint: "Name a file or folder that exists and that you may read.",
    cause,
  });
}
