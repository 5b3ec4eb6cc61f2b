import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { fileError } from "./file-error.ts";
import { checkOwnPath, checkPrivatePath } from "./private-path.ts";

/**
 * Makes sure that `path` is a folder only this user can enter (0700), and creates it if need be.
 *
 * A folder that is open to others is closed while it is empty; with something in it it is refused,
 * because that something may come from them, and because it may be a home folder given by mistake.
 * @throws StigmerError permission-denied, failed-precondition
 */
export function openPrivateFolder(path: string, hint?: string): void {
  const existing = checkOwnPath(path, "folder");
  try {
    if (!existing) mkdirSync(path, { recursive: true, mode: 0o700 });
    else if ((existing.mode & 0o077) !== 0 && readdirSync(path).length === 0)
      chmodSync(path, 0o700);
  } catch (cause) {
    throw fileError("create folder", path, cause, hint);
  }
  // Once more after creation: another user may have been faster in a folder that both can write.
  checkPrivatePath(path, "folder");
}
