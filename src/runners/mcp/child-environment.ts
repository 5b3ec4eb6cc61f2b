import { StigmerError } from "../../contract/errors.ts";
import { childTagVariable } from "../../system/child-sweep.ts";
import { isCodeLoadingVariable } from "../../system/environment.ts";
import type { McpHost, StdioServer } from "./server-definition.ts";

const inherited = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "TMPDIR"] as const;

/**
 * The whole environment of a server: a few basic variables, what its definition declares, and the
 * tag for the sweep. Secrets of the user's shell do not reach a server that did not ask for them.
 *
 * @throws StigmerError `refused` for a variable that could run code, `invalid-argument` for a name
 *   or value the system cannot hold
 */
export function childEnvironment(
  serverName: string,
  declared: StdioServer["env"],
  host: Pick<McpHost, "environment" | "childTag">,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of inherited) {
    const value = host.environment[name];
    if (value !== undefined) environment[name] = value;
  }
  for (const [name, value] of Object.entries(declared)) {
    checkVariable(serverName, name, value);
    environment[name] = value;
  }
  return { ...environment, [childTagVariable]: host.childTag };
}

function checkVariable(serverName: string, name: string, value: string): void {
  if (isCodeLoadingVariable(name)) {
    throw new StigmerError(
      "refused",
      `MCP server "${serverName}" may not set ${name}: it could run code of its own choice`,
      { hint: `remove ${name} from the env of MCP server "${serverName}"` },
    );
  }
  if (name === "" || name.includes("=") || `${name}${value}`.includes("\0")) {
    throw new StigmerError(
      "invalid-argument",
      `MCP server "${serverName}" declares a variable the system cannot hold: ${JSON.stringify(name)}`,
      { hint: "a name is not empty and has no '='; neither name nor value has a zero byte" },
    );
  }
}
