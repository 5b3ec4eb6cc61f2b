import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { fileError, systemCodeOf } from "./file-error.ts";
import { checkPrivatePath } from "./private-path.ts";
import { syncPath } from "./sync-path.ts";

/**
 * Writes a 0600 file so that a reader, and a power cut, finds either the old text or the new one.
 * @throws StigmerError
 */
export function replacePrivateFile(path: string, text: string): void {
  const draft = writeDraft(path, text);
  try {
    renameSync(draft, path);
    syncPath(dirname(path));
  } catch (cause) {
    removeFile(draft);
    throw fileError("write", path, cause);
  }
}

/**
 * Writes a 0600 file only where none is yet; of several writers at once exactly one wins.
 * @returns whether this call made the file
 * @throws StigmerError
 */
export function createPrivateFile(path: string, text: string): boolean {
  const draft = writeDraft(path, text);
  try {
    linkSync(draft, path);
    syncPath(dirname(path));
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") return false;
    throw fileError("create", path, cause);
  } finally {
    removeFile(draft);
  }
}

/**
 * The text of a file that only this user can have written or read; undefined when it is missing.
 * @throws StigmerError permission-denied for a link, another user's file or an open mode
 */
export function readPrivateFile(path: string): string | undefined {
  if (!checkPrivatePath(path, "file")) return undefined;
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return readFileSync(descriptor, "utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw fileError("read", path, cause);
  }
}

/**
 * Removes a file; one that is already gone is fine.
 * @throws StigmerError
 */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (cause) {
    if (systemCodeOf(cause) !== "ENOENT") throw fileError("remove", path, cause);
  }
}

function writeDraft(path: string, text: string): string {
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const descriptor = openSync(draft, "wx", 0o600);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return draft;
  } catch (cause) {
    removeFile(draft);
    throw fileError("write", path, cause);
  }
}
