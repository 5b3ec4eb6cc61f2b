import type { Socket } from "node:net";
import { type ConnectionInjector, Server, ServerCredentials } from "@grpc/grpc-js";
import { serviceDefinition, type MethodDefinition } from "../../contract/service-definition.ts";
import type { ConnectionOrigin } from "./admission.ts";
import type { ServiceImplementation } from "./handlers.ts";
import { libraryStatus } from "./library-status.ts";
import { bindMethod, type CallEnvironment } from "./method-binding.ts";

export interface ConnectionServerOptions {
  /** Where all its connections come from; what is known of them needs no look-up at each call. */
  readonly origin: ConnectionOrigin;
  readonly services: readonly ServiceImplementation[];
  readonly environment: CallEnvironment;
  readonly maxRequestBytes: number;
}

/** Serves connections that others accepted and vouched for. */
export class ConnectionServer {
  readonly #injector: ConnectionInjector;

  constructor({ origin, services, environment, maxRequestBytes }: ConnectionServerOptions) {
    const server = new Server({
      "grpc.enable_channelz": 0,
      "grpc.max_receive_message_length": maxRequestBytes,
      interceptors: [libraryStatus(maxRequestBytes)],
    });
    for (const { service, handlerOf, checksRules } of services) {
      const bindings = service.methods.map((method) => {
        const handler = handlerOf(method);
        const binding = { method, handler, checksRules: checksRules?.(method) ?? false, origin };
        return [method.name, bindMethod(binding, environment)] as const;
      });
      server.addService(bytesOnly(serviceDefinition(service)), Object.fromEntries(bindings));
    }
    this.#injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  /** @param start what was read of the paused connection so far */
  serve(connection: Socket, start: Buffer): void {
    connection.unshift(start);
    this.#injector.injectConnection(connection);
    connection.resume();
  }

  /** Tells the clients to go elsewhere, lets open calls end and cuts them off after `graceMs`. */
  drain(graceMs: number): void {
    this.#injector.drain(graceMs);
  }
}

type BytesDefinition = Omit<
  MethodDefinition,
  "requestSerialize" | "requestDeserialize" | "responseSerialize" | "responseDeserialize"
> &
  Record<
    "requestSerialize" | "requestDeserialize" | "responseSerialize" | "responseDeserialize",
    (bytes: Buffer) => Buffer
  >;

/** Encoding is ours on the server, so that a message that cannot be read gets our error. */
function bytesOnly(
  definitions: Readonly<Record<string, MethodDefinition>>,
): Record<string, BytesDefinition> {
  const bytes = {
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, { ...definition, ...bytes }]),
  );
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
