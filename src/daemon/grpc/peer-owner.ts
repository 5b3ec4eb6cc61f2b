import { isIPv4, type Socket } from "node:net";
import {
  isSameAddress,
  readSocketTable,
  type SocketEntry,
  socketAddress,
} from "../../system/socket-table.ts";

/**
 * Whether the kernel says that the other end of a loopback connection belongs to this user.
 *
 * Only a socket that is connected and that a process still holds proves its owner: one that its
 * owner left shows user 0. Asked while our end is open, so nobody else can take the same pair of
 * addresses meanwhile. Always false where the system has no table of sockets.
 */
export async function isOwnPeer(connection: Socket): Promise<boolean> {
  const { remoteAddress, remotePort, localAddress, localPort } = connection;
  if (remoteAddress === undefined || remotePort === undefined) return false;
  if (localAddress === undefined || localPort === undefined) return false;
  const peer = socketAddress(remoteAddress, remotePort);
  const here = socketAddress(localAddress, localPort);
  for (const table of isIPv4(remoteAddress) ? (["tcp", "tcp6"] as const) : (["tcp6"] as const)) {
    const entry = (await readSocketTable(table)).find(
      ({ local, remote }) => isSameAddress(local, peer) && isSameAddress(remote, here),
    );
    if (entry) return isHeldByThisUser(entry);
  }
  return false;
}

/** What makes an entry a proof of ownership. */
export function isHeldByThisUser(entry: SocketEntry): boolean {
  return entry.state === "established" && entry.inode !== 0 && entry.uid === process.getuid?.();
}
