import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import {
  type StopResponse,
  SystemCommandController,
} from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { readDaemonRecord } from "../../system/daemon-record.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import { isLocked } from "../../system/file-lock.ts";
import type { CommandContext } from "../command-context.ts";
import { openChannel } from "./open-channel.ts";

/** A daemon that is asked to stop ends within ten seconds. */
const gracefulMs = 12_000;
const signalMs = 5_000;

export type StoppedDaemon = Pick<StopResponse, "pid" | "openExecutions">;

/**
 * Stops the daemon and waits until it let go of the data folder. One that does not answer gets a
 * signal, and then the signal that cannot be ignored.
 *
 * @returns undefined when no daemon ran.
 * @throws StigmerError `unavailable` when it cannot be ended.
 */
export async function stopDaemon(
  context: Pick<CommandContext, "folder" | "signal" | "terminal">,
): Promise<StoppedDaemon | undefined> {
  const { folder, signal, terminal } = context;
  const asked = await askToStop(folder, signal);
  if (!asked && !isLocked(folder.lock)) return undefined;
  terminal.progress("Stopping the daemon …");
  if (asked && (await isReleased(folder, signal, gracefulMs))) return asked;
  const pid = daemonPid(folder);
  for (const name of ["SIGTERM", "SIGKILL"] as const) {
    terminal.notice(`The daemon (pid ${pid}) does not answer; sending ${name}.`);
    sendSignal(pid, name);
    if (await isReleased(folder, signal, signalMs)) return asked ?? { pid, openExecutions: 0 };
  }
  throw cannotEnd(folder, `Process ${pid} does not end.`);
}

async function askToStop(
  folder: DataFolder,
  signal: AbortSignal,
): Promise<StoppedDaemon | undefined> {
  try {
    const connected = await openChannel(folder, signal);
    if (!connected) return undefined;
    using channel = connected.channel;
    return await channel.unary(
      SystemCommandController.method.stop,
      {},
      { signal, timeoutMs: 5_000 },
    );
  } catch (thrown) {
    const error = toStigmerError(thrown);
    if (error.code === "unavailable" || error.code === "deadline-exceeded") return undefined;
    throw error;
  }
}

/** The lock is free as soon as its process has ended; its pid would linger until it is reaped. */
async function isReleased(
  folder: DataFolder,
  signal: AbortSignal,
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isLocked(folder.lock)) {
    if (performance.now() >= deadline) return false;
    await delay(5, undefined, { signal });
  }
  return true;
}

/** The recorded pid, when that process is a daemon: the number may be another program's by now. */
function daemonPid(folder: DataFolder): number {
  const pid = readDaemonRecord(folder.daemonRecord)?.pid;
  if (pid === undefined) throw cannotEnd(folder, "A daemon holds the data folder and says no pid.");
  if (!isDaemonProcess(pid)) throw cannotEnd(folder, `Process ${pid} is no daemon of ours.`);
  return pid;
}

function isDaemonProcess(pid: number): boolean {
  try {
    if (process.platform === "linux") {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("__daemon");
    }
    const { stdout } = Bun.spawnSync(["ps", "-o", "args=", "-p", String(pid)]);
    return stdout.toString().trim().endsWith("__daemon");
  } catch {
    return false; // It has ended, or it is somebody else's.
  }
}

function sendSignal(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in this moment; the lock tells.
  }
}

function cannotEnd(folder: DataFolder, message: string): StigmerError {
  return new StigmerError("unavailable", message, {
    hint: `Find who holds it: fuser ${folder.lock}`,
  });
}
