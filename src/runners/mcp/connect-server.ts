import { connectDocker } from "./connect-docker.ts";
import { connectHttp } from "./connect-http.ts";
import { connectStdio } from "./connect-stdio.ts";
import type { McpConnection } from "./connection.ts";
import type { McpHost, McpServerDefinition } from "./server-definition.ts";

/** One connection to a server. @throws StigmerError as the connection of its transport */
export function connectServer(
  name: string,
  transport: McpServerDefinition["transport"],
  host: McpHost,
  signal: AbortSignal,
): Promise<McpConnection> {
  switch (transport.kind) {
    case "stdio":
      return connectStdio(name, transport, host, signal);
    case "docker":
      return connectDocker(name, transport, host, signal);
    case "http":
      return connectHttp(name, transport, host, signal);
  }
}
