import { existsSync } from "node:fs";
import type { Channel } from "../../contract/channel.ts";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { VersionResponse } from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import { checkOwnPath } from "../../system/private-path.ts";

export interface ConnectedDaemon {
  readonly channel: Channel;
  readonly version: VersionResponse;
}

/** A daemon that lives answers this in a millisecond. */
const answerMs = 5_000;

/**
 * Connects to the daemon that answers on the data folder's socket.
 *
 * @returns undefined when nobody listens there.
 * @throws StigmerError `unavailable` when a daemon listens and does not answer; `permission-denied`
 * when the socket is not ours.
 */
export async function openChannel(
  folder: DataFolder,
  signal: AbortSignal,
): Promise<ConnectedDaemon | undefined> {
  if (!existsSync(folder.socket)) return undefined;
  checkOwnPath(folder.socket, "socket");
  const [{ Channel: SocketChannel }, { SystemQueryController }] = await Promise.all([
    import("../../contract/channel.ts"),
    import("../../contract/gen/ai/stigmer/system/v1/system_pb.ts"),
  ]);
  const channel = new SocketChannel({ address: `unix:${folder.socket}` });
  try {
    const options = { signal, timeoutMs: answerMs };
    const version = await channel.unary(SystemQueryController.method.version, {}, options);
    return { channel, version };
  } catch (thrown) {
    channel[Symbol.dispose]();
    const error = toStigmerError(thrown);
    if (error.code === "unavailable") return undefined;
    if (error.code === "deadline-exceeded") throw silentDaemon(error);
    throw error;
  }
}

function silentDaemon(cause: StigmerError): StigmerError {
  return new StigmerError("unavailable", "The daemon runs but does not answer.", {
    hint: "stigmer local restart",
    cause,
  });
}
