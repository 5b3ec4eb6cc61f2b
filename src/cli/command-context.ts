import type { DataFolder } from "../system/data-folder.ts";
import type { CallerEnvironment, Variables } from "../system/environment.ts";
import type { DaemonConnection } from "./connect/daemon-connection.ts";
import type { Interruption } from "./interruption.ts";
import type { CurrentProject } from "./project/current-project.ts";
import type { Preferences } from "./preferences.ts";
import type { Terminal } from "./terminal.ts";

/** What a command works with. Made anew for each command. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly preferences: Preferences;
  /** Reading it throws `failed-precondition` where neither STIGMER_HOME nor HOME is set. */
  readonly folder: DataFolder;
  /** Where the command runs. */
  readonly project: CurrentProject;
  readonly environment: CallerEnvironment;
  readonly variables: Variables;
  readonly interruption: Interruption;
  readonly daemon: DaemonConnection;
  /** Aborted by a signal, by the deadline or by the end of the reader; the reason is the error. */
  readonly signal: AbortSignal;
}
