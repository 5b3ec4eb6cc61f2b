import { lstatSync } from "node:fs";
import type { Stats } from "node:fs";
import { StigmerError } from "../contract/errors.ts";
import { fileError, systemCodeOf } from "./file-error.ts";

export type PathKind = "folder" | "file" | "socket";

/**
 * Checks that what stands at `path` is ours: of the expected kind, not a symbolic link, and owned by
 * this user. Nobody else can have put it there, so it may be trusted with secrets.
 * @returns its status, or undefined when nothing is there
 * @throws StigmerError permission-denied
 */
export function checkOwnPath(path: string, kind: PathKind): Stats | undefined {
  const status = statusOf(path);
  if (!status) return undefined;
  if (status.isSymbolicLink()) {
    throw untrusted(path, "it is a symbolic link", `remove it, or name the real ${kind} instead`);
  }
  if (!isKind(status, kind)) throw untrusted(path, `it is not a ${kind}`, "move it away");
  if (status.uid !== process.getuid?.()) {
    throw untrusted(path, `it belongs to user ${status.uid}`, "use a data folder of your own");
  }
  return status;
}

/**
 * {@link checkOwnPath}, and no other user may read or write it.
 * @throws StigmerError permission-denied
 */
export function checkPrivatePath(path: string, kind: PathKind): Stats | undefined {
  const status = checkOwnPath(path, kind);
  if (status && (status.mode & 0o077) !== 0) {
    const mode = (status.mode & 0o777).toString(8).padStart(4, "0");
    const closed = kind === "folder" ? "700" : "600";
    throw untrusted(path, `its mode ${mode} lets others in`, `chmod ${closed} ${path}`);
  }
  return status;
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw fileError("read", path, cause);
  }
}

function isKind(status: Stats, kind: PathKind): boolean {
  if (kind === "folder") return status.isDirectory();
  return kind === "file" ? status.isFile() : status.isSocket();
}

function untrusted(path: string, reason: string, hint: string): StigmerError {
  return new StigmerError("permission-denied", `refusing ${path}: ${reason}`, { hint });
}
