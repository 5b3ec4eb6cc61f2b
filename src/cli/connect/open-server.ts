import { readFileSync } from "node:fs";
import type { Channel } from "../../contract/channel.ts";
import { messageOf, StigmerError, toStigmerError } from "../../contract/errors.ts";
import { apiVersion, metadataKeys } from "../../contract/metadata-keys.ts";
import type { ChannelTls } from "../../contract/tls-credentials.ts";
import { unreadableFile } from "../input/unreadable-file.ts";
import type { ContextRecord } from "./context-record.ts";
import type { ConnectedDaemon } from "./open-channel.ts";
import { parseServerAddress, type ServerAddress } from "./server-address.ts";
import { unreachableServer } from "./unreachable-server.ts";

/** How long a server may take to answer the first question. */
const answerMs = 10_000;

/** A server, and how its user shows who that is. */
export type ServerTarget = Omit<ContextRecord, "usesToken"> & { readonly token?: string };

/**
 * Connects to a server and makes sure that it is one that speaks this contract.
 *
 * @throws StigmerError `unavailable` with what is wrong on the way to it; `unauthenticated` when it
 * does not take the token; `incompatible` when it is something else.
 */
export async function openServer(
  target: ServerTarget,
  signal: AbortSignal,
): Promise<ConnectedDaemon> {
  const { SystemQueryController } =
    await import("../../contract/gen/ai/stigmer/system/v1/system_pb.ts");
  const channel = await serverChannel(target);
  try {
    const options = { signal, timeoutMs: answerMs };
    const version = await channel.unary(SystemQueryController.method.version, {}, options);
    if (version.apiVersion !== apiVersion) throw otherContract(target, version.apiVersion);
    return { channel, version };
  } catch (thrown) {
    channel[Symbol.dispose]();
    throw await reasonOf(toStigmerError(thrown), target);
  }
}

/**
 * A channel that connects with its first call.
 *
 * @throws StigmerError `refused` where the token would travel in clear text; `invalid-argument` for
 * certificates that cannot be used.
 */
export async function serverChannel(target: ServerTarget): Promise<Channel> {
  const server = parseServerAddress(target.server);
  refuseClearText(server, target);
  const tls = tlsOf(server, target);
  const { token, organization } = target;
  const { Channel: ServerChannel } = await import("../../contract/channel.ts");
  try {
    return new ServerChannel({
      address: server.address,
      ...(token === undefined ? {} : { token }),
      ...(organization === undefined
        ? {}
        : { metadata: { [metadataKeys.organization]: organization } }),
      ...(tls === undefined ? {} : { tls }),
    });
  } catch (cause) {
    const message = `The certificates for ${server.url} cannot be used: ${messageOf(cause)}.`;
    const hint = "name PEM files: --ca-file, --client-cert and --client-key of stigmer login";
    throw new StigmerError("invalid-argument", message, { cause, hint });
  }
}

async function reasonOf(error: StigmerError, target: ServerTarget): Promise<StigmerError> {
  const server = parseServerAddress(target.server);
  switch (error.code) {
    case "unavailable":
      return await unreachableServer(server, tlsOf(server, target));
    case "deadline-exceeded":
      return new StigmerError("unavailable", `${server.url} does not answer.`, {
        hint: "try again later, or choose another: stigmer context list",
        cause: error,
      });
    case "unauthenticated":
      return tokenRefused(target, error);
    case "unimplemented":
    case "internal":
    case "not-found":
      return noServer(server, error);
    default:
      return error;
  }
}

/** Also for a token that ended while the connection was open. */
export function tokenRefused(target: ServerTarget, cause: StigmerError): StigmerError {
  const message = `${target.server} does not accept the token: ${cause.message}.`;
  return new StigmerError("unauthenticated", message, { hint: loginHint(target), cause });
}

export function loginHint({ name, server }: Pick<ServerTarget, "name" | "server">): string {
  return `stigmer login ${server} --name ${name}`;
}

function otherContract(target: ServerTarget, theirs: string): StigmerError {
  const spoken = theirs === "" ? "an older contract" : theirs;
  const message = `${target.server} speaks ${spoken}, this command ${apiVersion}.`;
  const hint = "use a stigmer of the server's version";
  return new StigmerError("incompatible", message, { hint });
}

function noServer(server: ServerAddress, cause: StigmerError): StigmerError {
  const message = `${server.url} answers, and is no stigmer server.`;
  return new StigmerError("incompatible", message, { hint: "check host and port", cause });
}

/** Checked with each use: the file may have been edited. */
function refuseClearText({ encrypted, loopback, url }: ServerAddress, target: ServerTarget): void {
  if (encrypted || loopback || target.allowClearText === true) return;
  const message = `${url} is not encrypted: others could read the token on its way.`;
  const hint = "use https://, or accept it: stigmer login SERVER --allow-clear-text";
  throw new StigmerError("refused", message, { hint });
}

function tlsOf(server: ServerAddress, target: ServerTarget): ChannelTls | undefined {
  const { caFile, clientCert, clientKey } = target;
  if (!server.encrypted) return undefined;
  return {
    ...(caFile === undefined ? {} : { ca: readPem(caFile) }),
    ...(clientCert === undefined ? {} : { certificate: readPem(clientCert) }),
    ...(clientKey === undefined ? {} : { key: readPem(clientKey) }),
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw unreadableFile(path, cause);
  }
}
