import { setTimeout as delay } from "node:timers/promises";
import type { Channel } from "../../contract/channel.ts";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import { SystemQueryController } from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { buildId, version } from "../../system/version.ts";
import type { Terminal } from "../terminal.ts";
import { checkBuild } from "./check-build.ts";
import { connectOrStart, type ConnectOptions } from "./connect-or-start.ts";
import { localContext } from "./context-record.ts";
import { ContextStore } from "./context-store.ts";
import {
  loginHint,
  openServer,
  serverChannel,
  type ServerTarget,
  tokenRefused,
} from "./open-server.ts";

export interface ReachOptions extends ConnectOptions {
  readonly terminal: Terminal;
  /** It answered this command before: one that is started again comes back. */
  readonly again: boolean;
}

/** What a command talks to. */
export interface Reached {
  readonly channel: Channel;
  /** Keys of the caller may travel on it: over the socket only, where nobody else can listen. */
  readonly takesCredentials: boolean;
  /** The error of a call, with a way out that fits whom it was made to. */
  readonly explain: (error: StigmerError) => Promise<StigmerError>;
}

/** As long as a daemon of this machine has to become ready. */
const comesBackMs = 10_000;

/**
 * Connects to the daemon of this machine, which is started if need be, or to the server of a
 * context, where nothing is started.
 *
 * @throws StigmerError `unavailable`, `incompatible`, `unauthenticated`; `not-found` for a context
 * that there is not.
 */
export async function reachContext(name: string, options: ReachOptions): Promise<Reached> {
  return name === localContext ? await reachLocal(options) : await reachServer(name, options);
}

async function reachLocal(options: ReachOptions): Promise<Reached> {
  const connected = await connectOrStart(options);
  const warning = checkBuild(connected.version, { version, buildId });
  if (warning !== undefined) options.terminal.warn(warning);
  return { channel: connected.channel, takesCredentials: true, explain: async (error) => error };
}

async function reachServer(name: string, options: ReachOptions): Promise<Reached> {
  const target = await contextTarget(name, options);
  const channel = await openPatiently(target, options);
  const explain = async (error: StigmerError): Promise<StigmerError> => {
    // It may be the key of a model provider that was refused, and not the token.
    if (error.code !== "unauthenticated" || (await isAccepted(channel, options.signal)))
      return error;
    return tokenRefused(target, error);
  };
  return { channel, takesCredentials: false, explain };
}

const askAgainMs = 5_000;

/** Whether the server still takes the token; a failure of another kind says nothing about it. */
async function isAccepted(channel: Channel, signal: AbortSignal): Promise<boolean> {
  try {
    const { whoami } = SystemQueryController.method;
    await channel.unary(whoami, {}, { signal, timeoutMs: askAgainMs });
    return true;
  } catch (thrown) {
    return toStigmerError(thrown).code !== "unauthenticated";
  }
}

/** A channel to the server of a context, which is not asked what it is. */
export async function openContext(
  name: string,
  options: Pick<ReachOptions, "folder" | "variables">,
): Promise<Channel> {
  return await serverChannel(await contextTarget(name, options));
}

/** The server of a context with its token. @throws StigmerError `not-found`; `unauthenticated` */
export async function contextTarget(
  name: string,
  { folder, variables }: Pick<ReachOptions, "folder" | "variables">,
): Promise<ServerTarget> {
  const store = new ContextStore(folder, variables);
  const { usesToken, ...server } = await store.get(name);
  if (!usesToken) return server;
  const token = await store.token({ name, server: server.server });
  if (token !== undefined) return { ...server, token };
  throw new StigmerError("unauthenticated", `You are logged out of ${server.server}.`, {
    hint: loginHint(server),
  });
}

async function openPatiently(
  target: ServerTarget,
  { signal, again }: ReachOptions,
): Promise<Channel> {
  const deadline = performance.now() + (again ? comesBackMs : 0);
  for (;;) {
    try {
      return (await openServer(target, signal)).channel;
    } catch (thrown) {
      const isGone = toStigmerError(thrown).code === "unavailable";
      if (!isGone || performance.now() >= deadline) throw thrown;
      await delay(200, undefined, { signal });
    }
  }
}
