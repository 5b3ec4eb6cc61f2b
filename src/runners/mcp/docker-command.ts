import { StigmerError } from "../../contract/errors.ts";
import type { DockerServer } from "./server-definition.ts";

/** Names by which the client itself is told where its engine is, and what it runs. */
const clientVariable = /^(DOCKER_|BUILDKIT_|CONTAINERS?_|XDG_)|^(PATH|HOME)$/;

/**
 * The arguments of `docker run` for a server that speaks over its standard streams. Values of
 * variables are named only: the client takes them from its own environment, and `ps` shows none.
 *
 * @throws StigmerError `refused` for a variable that would steer the client
 */
export function dockerArguments(
  serverName: string,
  server: DockerServer,
  container: { readonly name: string; readonly label: string },
): string[] {
  const names = Object.keys(server.env).toSorted();
  for (const name of names) if (clientVariable.test(name)) throw steersClient(serverName, name);
  return [
    "run",
    "--interactive",
    "--rm",
    "--init",
    "--name",
    container.name,
    "--label",
    `ai.stigmer.home=${container.label}`,
    ...(server.withoutNetwork ? ["--network", "none"] : []),
    ...server.mounts.flatMap(({ source, target, readOnly }) => [
      "--mount",
      `type=bind,source=${source},target=${target}${readOnly ? ",readonly" : ""}`,
    ]),
    ...names.flatMap((name) => ["--env", name]),
    // Whatever follows the image belongs to the container: no option of the client stands there.
    server.image,
    ...server.args,
  ];
}

function steersClient(serverName: string, name: string): StigmerError {
  return new StigmerError(
    "refused",
    `MCP server "${serverName}" may not set ${name}: the client of the container engine reads it too`,
    { hint: `remove ${name} from the env of MCP server "${serverName}"` },
  );
}
