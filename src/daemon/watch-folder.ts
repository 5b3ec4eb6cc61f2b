import type { FileLock } from "../system/file-lock.ts";

const intervalMs = 2_000;

/**
 * Notices that the data folder was deleted under a running daemon: it would keep the port while
 * nobody could find or stop it.
 */
export function watchFolder(lock: FileLock, onGone: () => void): Disposable {
  const timer = setInterval(() => {
    if (!lock.stillAtPath()) onGone();
  }, intervalMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
