import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { StigmerError } from "../contract/errors.ts";
import { fileError, systemCodeOf } from "./file-error.ts";
import { flock } from "./flock.ts";

/** A held advisory lock. The system frees it when it is disposed or when its process ends. */
export interface FileLock extends Disposable {
  readonly path: string;
  /** False once the file was deleted or replaced: somebody else could lock the new one. */
  stillAtPath(): boolean;
}

/**
 * Takes the lock on `path` at once, or gives undefined when another process (or another open of
 * this one) holds it. Creates the file (0600) and never deletes it: whoever waits on a deleted file
 * would lock nothing. Children do not inherit the lock. Not for network file systems.
 * @throws StigmerError when the file cannot be opened or the file system has no locks
 */
export function tryLock(path: string): FileLock | undefined {
  const descriptor = openLockFile(path);
  try {
    if (lockExclusively(descriptor)) return heldLock(path, descriptor);
    closeSync(descriptor);
    return undefined;
  } catch (cause) {
    closeSync(descriptor);
    throw cause;
  }
}

/**
 * Takes the lock as soon as it is free.
 * @throws StigmerError unavailable when it is not free within `timeoutMs`
 */
export async function waitForLock(path: string, timeoutMs: number): Promise<FileLock> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const lock = tryLock(path);
    if (lock) return lock;
    if (performance.now() >= deadline) {
      throw new StigmerError("unavailable", `another process keeps ${path} locked`, {
        hint: "try again when it has finished",
      });
    }
    await delay(2 + Math.random() * 8);
  }
}

/** Whether a process holds the lock now. Does not disturb a {@link tryLock} at the same moment. */
export function isLocked(path: string): boolean {
  const descriptor = openExisting(path);
  if (descriptor === undefined) return false;
  try {
    return !flock(descriptor, "shared");
  } finally {
    closeSync(descriptor);
  }
}

/**
 * An exclusive lock also fails while {@link isLocked} looks, which holds a shared one for a moment.
 * A holder of the exclusive lock keeps out shared ones too, a mere observer does not.
 */
function lockExclusively(descriptor: number): boolean {
  while (!flock(descriptor, "exclusive")) {
    if (!flock(descriptor, "shared")) return false;
    flock(descriptor, "unlock");
    Bun.sleepSync(Math.random() * 2);
  }
  return true;
}

function heldLock(path: string, descriptor: number): FileLock {
  let open = true;
  return {
    path,
    stillAtPath: () => open && isSameFile(path, descriptor),
    [Symbol.dispose]: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

function isSameFile(path: string, descriptor: number): boolean {
  const held = fstatSync(descriptor);
  const named = statSync(path, { throwIfNoEntry: false });
  return named?.ino === held.ino && named.dev === held.dev;
}

function openLockFile(path: string): number {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    return openSync(path, flags, 0o600);
  } catch (cause) {
    throw fileError("lock", path, cause);
  }
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw fileError("read", path, cause);
  }
}
