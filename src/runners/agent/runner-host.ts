import type { Logger } from "../../system/log.ts";

/** What a runner process tells the code that runs in it. */
export interface RunnerHost {
  /** Put into the environment of every child, so that the daemon finds what a crash left. */
  readonly childTag: string;
  /** Private folder for packages of MCP servers. */
  readonly mcpFolder: string;
  readonly log: Logger;
}
