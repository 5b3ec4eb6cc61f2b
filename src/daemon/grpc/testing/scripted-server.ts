import type { DescService } from "@bufbuild/protobuf";
import { StigmerError } from "../../../contract/errors.ts";
import { SystemQueryController } from "../../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { createLogger } from "../../../system/log.ts";
import { TemporaryFolder } from "../../../system/testing/temporary-folder.ts";
import type { AnyHandler, CallContext, ServiceImplementation } from "../handlers.ts";
import type { Principal } from "../principal.ts";
import { type GrpcServer, type GrpcServerOptions, startGrpcServer } from "../server.ts";

export const userToken = "token-of-the-user";
export const runnerToken = "token-of-runner-1";

const principals: Readonly<Record<string, Principal>> = {
  [userToken]: { kind: "user" },
  [runnerToken]: { kind: "runner", runnerId: "runner-1" },
};

/** A real server over services of the contract, whose handlers a test writes. */
export interface ScriptedServer extends AsyncDisposable {
  readonly server: GrpcServer;
  readonly folder: string;
  readonly socketPath: string;
  readonly socket: string;
  readonly ipv4: string;
  readonly ipv6: string | undefined;
  /** Lines of its log. */
  readonly log: readonly string[];
}

export interface ScriptedServerOptions {
  readonly services: readonly ServiceImplementation[];
  readonly tcp?: GrpcServerOptions["tcp"];
  readonly limits?: Partial<GrpcServerOptions["limits"]>;
}

export async function startScriptedServer(options: ScriptedServerOptions): Promise<ScriptedServer> {
  const folder = new TemporaryFolder();
  const socketPath = folder.at("s.sock");
  const log: string[] = [];
  const server = await startGrpcServer({
    socketPath,
    tcp: options.tcp ?? { port: 0, hosts: ["127.0.0.1", "::1"] },
    services: options.services,
    authenticate: (token) => principals[token],
    log: createLogger({ sink: { write: (line) => log.push(line) }, level: "debug" }),
    limits: {
      maxRequestBytes: 4 << 20,
      maxRunnerRequestBytes: 4 << 20,
      unaryTimeoutMs: 60_000,
      ...options.limits,
    },
  });
  return {
    server,
    folder: folder.path,
    socketPath,
    socket: `unix:${socketPath}`,
    ipv4: server.addresses.find((address) => address.startsWith("127.")) ?? "",
    ipv6: server.addresses.find((address) => address.startsWith("[")),
    log,
    async [Symbol.asyncDispose]() {
      await server.stop(0);
      folder[Symbol.dispose]();
    },
  };
}

/** Implements the methods that a test calls; the others say so. */
export function script(
  service: DescService,
  // oxlint-disable-next-line typescript/no-explicit-any -- a test knows the types of what it calls
  handlers: Readonly<Record<string, (request: any, context: CallContext) => unknown>>,
): ServiceImplementation {
  return {
    service,
    handlerOf: ({ localName }) => (handlers[localName] as AnyHandler | undefined) ?? missing,
  };
}

function missing(): never {
  throw new StigmerError("unimplemented", "not part of this test");
}

/** `version` tells who calls. */
export const system = script(SystemQueryController, {
  version: async (_: unknown, { principal, transport }: CallContext) => ({
    version: `${principal.kind} on ${transport}`,
  }),
  info: async () => ({ pid: process.pid }),
});
