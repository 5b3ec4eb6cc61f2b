import { setTimeout as delay } from "node:timers/promises";
import { StigmerError } from "../../contract/errors.ts";
import { readDaemonRecord } from "../../system/daemon-record.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import type { Variables } from "../../system/environment.ts";
import { isLocked } from "../../system/file-lock.ts";
import { daemonLogTail } from "./daemon-log-tail.ts";
import { type ConnectedDaemon, openChannel } from "./open-channel.ts";
import type { Standalone } from "./standalone.ts";
import { startDaemon } from "./start-daemon.ts";

export interface ConnectOptions {
  readonly folder: DataFolder;
  readonly variables: Variables;
  readonly signal: AbortSignal;
  readonly mayStart: boolean;
  /** TCP port of a daemon that is started. */
  readonly port?: number | undefined;
  /** A daemon that is started is for this command alone. */
  readonly standalone?: Standalone | undefined;
}

/** A daemon is ready within a tenth of a second; recovery of much work may take longer. */
const readyMs = 10_000;

/**
 * Connects to the daemon, and starts it when none runs: exactly one, however many commands do the
 * same at the same time, because only the holder of the lock goes on and the others wait for it.
 *
 * @throws StigmerError `unavailable` with the end of the daemon's log when none is ready in time.
 */
export async function connectOrStart(options: ConnectOptions): Promise<ConnectedDaemon> {
  const { folder, signal } = options;
  const deadline = performance.now() + readyMs;
  for (;;) {
    const connected = await openChannel(folder, signal);
    if (connected) return connected;
    if (!options.mayStart) throw notRunning();
    if (performance.now() >= deadline) throw notReady(folder);
    if (isLocked(folder.lock)) await delay(10, undefined, { signal });
    else await startDaemon(options, deadline - performance.now());
  }
}

export function notRunning(): StigmerError {
  return new StigmerError("unavailable", "No daemon runs.", { hint: "stigmer local start" });
}

function notReady(folder: DataFolder): StigmerError {
  const pid = readDaemonRecord(folder.daemonRecord)?.pid;
  const who = pid === undefined ? "A daemon" : `The daemon (pid ${pid})`;
  const tail = daemonLogTail(folder);
  return new StigmerError(
    "unavailable",
    `${who} holds the data folder and does not answer.${tail}`,
    {
      hint: "stigmer local restart",
    },
  );
}
