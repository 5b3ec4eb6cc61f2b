import { StigmerError } from "../../contract/errors.ts";
import type { McpHost } from "./server-definition.ts";

export interface ProcessCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Variables for this child alone, on top of what its definition declares. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * `npx [-y] PACKAGE args…` and `bunx PACKAGE args…` on our own executable, which is a package
 * runner when `BUN_BE_BUN` is set; any other command as written.
 *
 * @param path the `PATH` on which `npx` would be found
 * @throws StigmerError `invalid-argument` for an option of npx that has no equivalent
 */
export function translateNpx(
  server: { readonly name: string; readonly command: string; readonly args: readonly string[] },
  host: Pick<McpHost, "self" | "npx" | "cacheDir">,
  path: string,
): ProcessCommand {
  const { command, args } = server;
  if (!isTranslated(command, host.npx, path)) return { command, args, env: {} };
  return {
    command: host.self.command,
    args: ["x", "--bun", "-y", ...packageArguments(server)],
    env: {
      BUN_BE_BUN: "1",
      // Otherwise a bunfig.toml in the working folder could preload code, and its .env be loaded.
      BUN_OPTIONS: "--config=/dev/null --no-env-file",
      BUN_INSTALL_CACHE_DIR: host.cacheDir,
    },
  };
}

function isTranslated(command: string, mode: McpHost["npx"], path: string): boolean {
  if (command !== "npx" && command !== "bunx") return false;
  if (mode === "auto") return Bun.which(command, { PATH: path }) === null;
  return mode === "always";
}

/** Takes off what only npx understands; everything from the package on belongs to the package. */
function packageArguments(server: {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}): string[] {
  const options: string[] = [];
  for (let index = 0; index < server.args.length; index++) {
    const arg = server.args[index] ?? "";
    if (!arg.startsWith("-")) return [...options, ...server.args.slice(index)];
    if (arg === "--") return [...options, ...server.args.slice(index + 1)];
    if (arg === "-p" || arg === "--package") {
      index += 1;
      options.push("--package", server.args[index] ?? "");
    } else if (arg.startsWith("--package=")) {
      options.push("--package", arg.slice("--package=".length));
    } else if (!noEffect.has(arg)) {
      throw unknownOption(server, arg);
    }
  }
  throw new StigmerError(
    "invalid-argument",
    `MCP server "${server.name}" runs ${server.command} without naming a package`,
    { hint: `write the package behind ${server.command}, such as: npx -y PACKAGE` },
  );
}

/** Options that change nothing here: no question is asked, and Bun runs the package anyway. */
const noEffect = new Set(["-y", "--yes", "-q", "--quiet", "--silent", "--bun", "--prefer-offline"]);

function unknownOption(
  server: { readonly name: string; readonly command: string },
  option: string,
): StigmerError {
  return new StigmerError(
    "invalid-argument",
    `MCP server "${server.name}" passes ${option} to ${server.command}, which only the real one understands`,
    { hint: `remove ${option}, or install Node.js so that ${server.command} itself runs` },
  );
}
