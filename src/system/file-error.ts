import { StigmerError } from "../contract/errors.ts";
import type { ErrorCode } from "../contract/errors.ts";

interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  EACCES: { code: "permission-denied", reason: "permission denied" },
  EPERM: { code: "permission-denied", reason: "operation not permitted" },
  ELOOP: { code: "permission-denied", reason: "it is a symbolic link" },
  EROFS: { code: "failed-precondition", reason: "the file system is read-only" },
  ENOTDIR: { code: "failed-precondition", reason: "a part of the path is not a folder" },
  ENOENT: { code: "not-found", reason: "it does not exist" },
  EISDIR: { code: "failed-precondition", reason: "it is a folder" },
  ENAMETOOLONG: { code: "invalid-argument", reason: "the path is too long" },
  ENOSPC: { code: "resource-exhausted", reason: "no space left on the disk" },
  EDQUOT: { code: "resource-exhausted", reason: "the disk quota is used up" },
  EMFILE: { code: "resource-exhausted", reason: "too many open files" },
};

/**
 * What a failed file operation tells its reader: `cannot create /srv/x: permission denied`.
 * @param action a verb in the infinitive, as in "create"
 */
export function fileError(
  action: string,
  path: string,
  cause: unknown,
  hint?: string,
): StigmerError {
  const systemCode = systemCodeOf(cause) ?? "unknown error";
  const { code, reason } = refusals[systemCode] ?? {
    code: "internal" as const,
    reason: systemCode,
  };
  return new StigmerError(code, `cannot ${action} ${path}: ${reason}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** `ENOENT` and its like, when the thrown value has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}
