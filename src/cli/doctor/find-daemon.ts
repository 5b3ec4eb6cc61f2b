import type { Channel } from "../../contract/channel.ts";
import { type StigmerError, toStigmerError } from "../../contract/errors.ts";
import {
  type InfoResponse,
  SystemQueryController,
} from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { readDaemonRecord } from "../../system/daemon-record.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import { isLocked } from "../../system/file-lock.ts";
import { openChannel } from "../connect/open-channel.ts";

/** The daemon of a data folder as somebody finds it who does not start it. */
export type FoundDaemon =
  | { readonly kind: "running"; readonly channel: Channel; readonly info: InfoResponse }
  | { readonly kind: "stopped" }
  /** It holds the lock, or listens, and does not answer. */
  | { readonly kind: "silent"; readonly pid: number | undefined }
  | { readonly kind: "unknown"; readonly error: StigmerError };

/** Never throws. The channel of a daemon that runs is the caller's to close. */
export async function findDaemon(
  folder: DataFolder,
  limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<FoundDaemon> {
  const { signal, timeoutMs } = limits;
  const ends = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const connected = await openChannel(folder, ends);
    if (!connected) return isLocked(folder.lock) ? silent(folder) : { kind: "stopped" };
    const { channel } = connected;
    const info = await channel.unary(SystemQueryController.method.info, {}, { signal: ends });
    return { kind: "running", channel, info };
  } catch (thrown) {
    const error = toStigmerError(thrown);
    const isSilent = ends.aborted || error.code === "unavailable";
    return isSilent ? silent(folder) : { kind: "unknown", error };
  }
}

function silent(folder: DataFolder): FoundDaemon {
  try {
    return { kind: "silent", pid: readDaemonRecord(folder.daemonRecord)?.pid };
  } catch {
    return { kind: "silent", pid: undefined }; // Another check says what is wrong with the folder.
  }
}
