import type { Variables } from "../../system/environment.ts";
import type { Logger } from "../../system/log.ts";
import type { SelfCommand } from "../../system/self-process.ts";

/** One MCP server as an agent names it, with its secrets resolved. */
export interface McpServerDefinition {
  readonly name: string;
  readonly transport: StdioServer | DockerServer | HttpServer;
  /** The tools to offer; empty means all. A name the server does not have is an error. */
  readonly enabledTools: readonly string[];
}

export interface StdioServer {
  readonly kind: "stdio";
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface DockerServer {
  readonly kind: "docker";
  readonly image: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly DockerMount[];
  readonly withoutNetwork: boolean;
}

interface DockerMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface HttpServer {
  readonly kind: "http";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a session needs from the process it runs in. */
export interface McpHost {
  /** How to start our own executable; with `BUN_BE_BUN=1` its command acts as Bun. */
  readonly self: SelfCommand;
  /** When `npx` and `bunx` run on our own executable: `auto` means when they are not installed. */
  readonly npx: "auto" | "always" | "never";
  /** A private folder for packages fetched by {@link npx}. */
  readonly cacheDir: string;
  /** Put into every child as `STIGMER_CHILD`, so that a sweep finds leftovers of a crash. */
  readonly childTag: string;
  /** The environment a child inherits its few basic variables from. */
  readonly environment: Variables;
  readonly log: Pick<Logger, "debug" | "warn">;
  readonly connectTimeoutMs: number;
  readonly callTimeoutMs: number;
  /** How much text and JSON of one tool result goes to the model, in UTF-8 bytes. */
  readonly maxResultBytes: number;
}

/** No JSON-RPC message may be larger, in bytes: it would have to be held in memory as a whole. */
export const maxMessageBytes = 64 * 1024 * 1024;
