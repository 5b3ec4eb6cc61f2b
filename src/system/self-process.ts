import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { processVariables, scrubbedEnvironment } from "./environment.ts";

/** A program and the arguments that come before any others. */
export interface SelfCommand {
  readonly command: string;
  readonly args: readonly string[];
}

export interface SelfProcessOptions {
  /**
   * Streams and further descriptors, by position: 0 to 2 are stdin, stdout and stderr; what is at 3
   * and above the child inherits under that number (`"pipe"` for a credential that must stand
   * neither in arguments nor in variables).
   */
  readonly stdio: ("ignore" | "inherit" | "pipe" | number)[];
  /** Own session: the child outlives this process and its terminal. */
  readonly detached?: boolean;
  /** Default: the variables of this process, scrubbed. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default `/`, so that no project folder is kept in use or read for settings. */
  readonly cwd?: string;
}

/**
 * How to start the program that runs now.
 *
 * On Linux `/proc/self/exe` is the running build even after its file was replaced by an upgrade. The
 * sources are run by the Bun that runs them now.
 */
export function selfCommand(): SelfCommand {
  if (!Bun.isStandaloneExecutable) {
    const entry = fileURLToPath(new URL("../cli.ts", import.meta.url));
    return { command: process.execPath, args: [entry] };
  }
  const command = process.platform === "linux" ? "/proc/self/exe" : process.execPath;
  return { command, args: [] };
}

/** Starts this program with other arguments. Failures to start come as the child's "error" event. */
export function spawnSelf(args: readonly string[], options: SelfProcessOptions): ChildProcess {
  return spawnCommand(selfCommand(), args, options);
}

/** {@link spawnSelf} for a program given by the caller. */
export function spawnCommand(
  self: SelfCommand,
  args: readonly string[],
  options: SelfProcessOptions,
): ChildProcess {
  return spawn(self.command, [...self.args, ...args], {
    stdio: options.stdio,
    detached: options.detached ?? false,
    env: options.env ?? scrubbedEnvironment(processVariables()),
    cwd: options.cwd ?? "/",
  });
}
