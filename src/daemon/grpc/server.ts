import { chmodSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { setLogger } from "@grpc/grpc-js";
import { fileError } from "../../system/file-error.ts";
import type { Logger } from "../../system/log.ts";
import { removeFile } from "../../system/private-file.ts";
import { checkOwnPath, checkPrivatePath } from "../../system/private-path.ts";
import { Connections } from "./connections.ts";
import type { GrpcLimits } from "./grpc-limits.ts";
import type { ServiceImplementation } from "./handlers.ts";
import { listen, type Listener } from "./listener.ts";
import { listenOnLoopback, type LoopbackPortsOptions } from "./loopback-ports.ts";
import type { Authenticate } from "./principal.ts";

export interface GrpcServerOptions {
  /** In a folder that only this user can enter. Who calls holds the lock of the data folder. */
  readonly socketPath: string;
  /** Absent: the unix socket alone. */
  readonly tcp?: LoopbackPortsOptions;
  /** Health and reflection are added. */
  readonly services: readonly ServiceImplementation[];
  readonly authenticate: Authenticate;
  readonly log: Logger;
  readonly limits: GrpcLimits;
}

/**
 * Answers the contract on a unix socket and on loopback ports until it is disposed of.
 *
 * A port that cannot be had is a warning, not an error.
 * @throws StigmerError permission-denied when others could reach the socket; what the system says
 *   when it cannot be opened
 */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { socketPath, tcp, log } = options;
  // Its own sink is the terminal, which a daemon has not.
  setLogger({ error: (text: string) => log.warn("grpc library", { text }) });
  const { services, authenticate, limits } = options;
  const connections = new Connections({ services, authenticate, limits, log });
  const socket = await listenOnSocket(socketPath, (connection) => {
    void connections.accept(connection, "socket");
  });
  const ports = await listenOnLoopback(tcp ?? { port: 0, hosts: [] }, (connection) => {
    void connections.accept(connection, "tcp");
  });
  for (const warning of ports.warnings) log.warn("address not served", { warning });
  return new GrpcServer(connections, {
    warming: setTimeout(() => void warm(connections, log), warmAfterMs),
    listeners: [socket, ...ports.listeners],
    addresses: [`unix:${socketPath}`, ...ports.addresses],
    warnings: ports.warnings,
    port: ports.listeners[0]?.port,
  });
}

/** The command that started the daemon asks it something at once, and shall not wait for this. */
const warmAfterMs = 150;

async function warm(connections: Connections, log: Logger): Promise<void> {
  try {
    await connections.warm();
  } catch (thrown) {
    log.error("validation rules do not compile", { error: thrown as Error });
  }
}

interface Listening {
  readonly warming: ReturnType<typeof setTimeout>;
  readonly listeners: readonly Listener[];
  readonly addresses: readonly string[];
  readonly warnings: readonly string[];
  readonly port: number | undefined;
}

/** A running server. Disposing of it stops it at once. */
export class GrpcServer implements AsyncDisposable {
  /** `unix:/…/stigmer.sock`, `127.0.0.1:50051`, `[::1]:50051`. */
  readonly addresses: readonly string[];
  /** What did not work, each with what to do. */
  readonly warnings: readonly string[];
  /** The TCP port; undefined when none is served. */
  readonly port: number | undefined;
  readonly #connections: Connections;
  readonly #listeners: readonly Listener[];
  readonly #warming: ReturnType<typeof setTimeout>;

  constructor(connections: Connections, listening: Listening) {
    this.#connections = connections;
    this.#listeners = listening.listeners;
    this.#warming = listening.warming;
    this.addresses = listening.addresses;
    this.warnings = listening.warnings;
    this.port = listening.port;
  }

  /**
   * Accepts nothing new, ends streams with UNAVAILABLE, lets calls with one answer end, and cuts off
   * what is left after `graceMs`.
   */
  async stop(graceMs: number): Promise<void> {
    clearTimeout(this.#warming);
    for (const listener of this.#listeners) listener.close();
    await this.#connections.drain(graceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }
}

async function listenOnSocket(
  path: string,
  accept: (connection: Socket) => void,
): Promise<Listener> {
  checkPrivatePath(dirname(path), "folder");
  // What a killed daemon left; a live one would hold the lock.
  if (checkOwnPath(path, "socket")) removeFile(path);
  try {
    const listener = await listen({ path }, accept);
    chmodSync(path, 0o600);
    return listener;
  } catch (cause) {
    throw fileError("listen on", path, cause);
  }
}
