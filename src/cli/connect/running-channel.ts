import { existsSync } from "node:fs";
import type { Channel } from "../../contract/channel.ts";
import { dataFolderAt } from "../../system/data-folder.ts";
import { callerEnvironment, dataHome, type Variables } from "../../system/environment.ts";
import { checkOwnPath } from "../../system/private-path.ts";
import { chosenContext } from "./chosen-context.ts";
import { localContext } from "./context-record.ts";

/**
 * A channel to whom a command without `--context` would talk, for one that has no time: starts
 * nothing, and asks no daemon of this machine who it is.
 *
 * @returns undefined where nobody listens.
 */
export async function runningChannel(
  variables: Variables,
  signal: AbortSignal,
): Promise<Channel | undefined> {
  const { runtimeFolder } = callerEnvironment(variables);
  const folder = dataFolderAt({ home: dataHome(variables), runtimeFolder });
  const name = await chosenContext({ folder, variables });
  if (name !== localContext) {
    const { openContext } = await import("./reach-context.ts");
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
    // A keychain may take longer than anybody waits here.
    return await Promise.race([openContext(name, { folder, variables }), late]);
  }
  if (!existsSync(folder.socket)) return undefined;
  checkOwnPath(folder.socket, "socket");
  const { Channel: SocketChannel } = await import("../../contract/channel.ts");
  return new SocketChannel({ address: `unix:${folder.socket}` });
}
