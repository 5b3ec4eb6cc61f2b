import type { Socket } from "node:net";
import type { Logger } from "../../system/log.ts";
import type { ConnectionOrigin } from "./admission.ts";
import { CallRegistry } from "./call-registry.ts";
import { readPreface } from "./connection-gate.ts";
import { ConnectionServer } from "./connection-server.ts";
import type { ServiceImplementation, Transport } from "./handlers.ts";
import type { GrpcLimits } from "./grpc-limits.ts";
import { healthService } from "./health.ts";
import { isOwnPeer } from "./peer-owner.ts";
import type { Authenticate } from "./principal.ts";
import { reflectionServices } from "./reflection.ts";
import { RequestReader } from "./validation.ts";

export interface ConnectionsOptions {
  /** Health and reflection are added. */
  readonly services: readonly ServiceImplementation[];
  readonly authenticate: Authenticate;
  readonly log: Logger;
  readonly limits: GrpcLimits;
}

/** Milliseconds that a new connection may take to say that it speaks HTTP/2. */
const prefaceTimeoutMs = 10_000;

/** Every open connection, and one server for each kind of them. */
export class Connections {
  /** Connections that have not said yet what they speak. */
  readonly #greeting = new Set<Socket>();
  readonly #served = new Set<Socket>();
  readonly #calls = new CallRegistry();
  readonly #requests = new RequestReader();
  readonly #services: readonly ServiceImplementation[];
  readonly #servers: Readonly<Record<ConnectionOrigin, ConnectionServer>>;
  readonly #log: Logger;

  constructor({ services, authenticate, log, limits }: ConnectionsOptions) {
    this.#log = log;
    this.#services = withStandardServices(services, this.#calls.stopping);
    const [calls, requests] = [this.#calls, this.#requests];
    const environment = { calls, requests, authenticate, log, limits };
    const serverFor = (origin: ConnectionOrigin, maxRequestBytes: number): ConnectionServer =>
      new ConnectionServer({ origin, services: this.#services, maxRequestBytes, environment });
    const { maxRequestBytes, maxRunnerRequestBytes } = limits;
    this.#servers = {
      // Runners come this way; of others each call checks the size.
      socket: serverFor("socket", Math.max(maxRequestBytes, maxRunnerRequestBytes)),
      "own-tcp": serverFor("own-tcp", maxRequestBytes),
      "unknown-tcp": serverFor("unknown-tcp", maxRequestBytes),
    };
  }

  /** Serves a connection as soon as it is known where it comes from and that it speaks HTTP/2. */
  async accept(connection: Socket, transport: Transport): Promise<void> {
    this.#greeting.add(connection);
    connection.once("close", () => this.#forget(connection));
    // A client that goes away is no event; its calls hear of it through their signal.
    connection.on("error", () => connection.destroy());
    try {
      const [start, origin] = await Promise.all([
        readPreface(connection, prefaceTimeoutMs),
        originOf(connection, transport),
      ]);
      if (start && this.#greeting.delete(connection)) {
        this.#served.add(connection);
        this.#servers[origin].serve(connection, start);
      }
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#log.error("connection not served", { error });
      connection.destroy();
    }
  }

  /** Compiles the validation rules while nobody waits for them. */
  async warm(): Promise<void> {
    const methods = this.#services.flatMap(({ service }) => service.methods);
    await this.#requests.warm(methods.map(({ input }) => input));
  }

  /** Ends streams, lets other calls end, and cuts off what is left after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.#calls.stop();
    for (const connection of this.#greeting) connection.destroy();
    for (const server of Object.values(this.#servers)) server.drain(graceMs);
    const closed = [...this.#served].map(
      (connection) => new Promise<void>((resolve) => connection.once("close", () => resolve())),
    );
    const timer = setTimeout(() => {
      for (const connection of this.#served) connection.destroy();
    }, graceMs);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  #forget(connection: Socket): void {
    this.#greeting.delete(connection);
    this.#served.delete(connection);
  }
}

async function originOf(connection: Socket, transport: Transport): Promise<ConnectionOrigin> {
  if (transport === "socket") return "socket";
  return (await isOwnPeer(connection)) ? "own-tcp" : "unknown-tcp";
}

function withStandardServices(
  own: readonly ServiceImplementation[],
  stopping: AbortSignal,
): ServiceImplementation[] {
  const names = own.map(({ service }) => service.typeName);
  return [
    ...own,
    healthService(names, stopping),
    ...reflectionServices([
      ...names,
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
    ]),
  ];
}
