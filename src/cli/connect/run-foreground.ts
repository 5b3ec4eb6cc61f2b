import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { StigmerError } from "../../contract/errors.ts";
import { openDataFolder } from "../../system/data-folder.ts";
import { spawnSelf } from "../../system/self-process.ts";
import type { CommandContext } from "../command-context.ts";
import { errorInReport, lockHeldExitCode } from "./ready-report.ts";
import { daemonEnvironment } from "./start-daemon.ts";

/**
 * Runs the daemon under this command, its log on stderr, until either ends. A signal to the command
 * stops the daemon gracefully.
 *
 * @returns the exit code of the daemon.
 * @throws StigmerError `already-exists` when another daemon holds the data folder.
 */
export async function runForeground(
  context: CommandContext,
  port: number | undefined,
): Promise<number> {
  const { folder, variables, environment, signal, terminal } = context;
  openDataFolder({ home: folder.home, runtimeFolder: environment.runtimeFolder });
  const daemon = spawnSelf(["__daemon"], {
    // A session of its own: the terminal's Ctrl-C comes once, from here.
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
    env: daemonEnvironment(folder, variables, port),
  });
  const stop = (): void => void daemon.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const report = reportOf(daemon.stdio[3] as Readable);
  void report.then(
    (line) => line && !errorInReport(line) && terminal.notice("The daemon is ready."),
  );
  const exitCode = await exitCodeOf(daemon);
  if (exitCode === lockHeldExitCode) throw heldByAnother();
  const failure = errorInReport((await report) || "{}");
  if (failure) throw failure;
  return exitCode;
}

/** Its first line; empty when it ended without one. */
async function reportOf(ready: Readable): Promise<string> {
  for await (const line of createInterface({ input: ready })) return line;
  return "";
}

function heldByAnother(): StigmerError {
  return new StigmerError("already-exists", "Another daemon holds the data folder.", {
    hint: "stigmer local status",
  });
}

async function exitCodeOf(child: ChildProcess): Promise<number> {
  const [exitCode] = (await once(child, "exit")) as [number | null];
  return exitCode ?? 1;
}
