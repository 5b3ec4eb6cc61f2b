import { StigmerError } from "../../contract/errors.ts";
import {
  type ContainerRecord,
  containerClientVariables,
  Containers,
} from "../../system/containers.ts";
import { connectStdio } from "./connect-stdio.ts";
import type { McpConnection } from "./connection.ts";
import { dockerArguments } from "./docker-command.ts";
import type { DockerServer, McpHost } from "./server-definition.ts";

/**
 * Starts a server in a container and shakes hands with it. The container is removed with the
 * connection; one that a crash left is removed by the next sweep of its runner's or daemon's tag.
 *
 * @throws StigmerError `failed-precondition` without a container engine; as `connectStdio`
 */
export async function connectDocker(
  name: string,
  server: DockerServer,
  host: McpHost,
  signal: AbortSignal,
): Promise<McpConnection> {
  const client = findClient(name, host);
  const record = { name: containerName(name), tag: host.childTag, client };
  const label = host.childTag.split("#", 1)[0] ?? "";
  const args = dockerArguments(name, server, { name: record.name, label });
  const env = { ...containerClientVariables(host.environment), ...server.env };
  const containers = new Containers(host.cacheDir, host.environment);
  await containers.record(record);
  const remove = (): Promise<void> => removeContainer(containers, record, host);
  try {
    const stdio = { kind: "stdio", command: client, args, env } as const;
    const connection = await connectStdio(name, stdio, host, signal);
    return {
      ...connection,
      [Symbol.asyncDispose]: async () => {
        await connection[Symbol.asyncDispose]();
        await remove();
      },
    };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

/** Unique: the same server may be open twice, and one that hangs keeps its name for a while. */
function containerName(server: string): string {
  return `stigmer-${server}-${crypto.randomUUID().slice(0, 8)}`;
}

async function removeContainer(
  containers: Containers,
  record: ContainerRecord,
  host: McpHost,
): Promise<void> {
  if (await containers.remove(record)) return;
  host.log.warn("container not removed, the next sweep tries again", { container: record.name });
}

function findClient(name: string, host: McpHost): string {
  const path = { PATH: host.environment["PATH"] ?? "" };
  const found = Bun.which("docker", path) ?? Bun.which("podman", path);
  if (found !== null) return found;
  throw new StigmerError(
    "failed-precondition",
    `MCP server "${name}" cannot start: there is neither docker nor podman on PATH (${path.PATH})`,
    { hint: `install one of them, then: stigmer mcp tools ${name}` },
  );
}
