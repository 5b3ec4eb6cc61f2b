import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { type ErrorCode, StigmerError } from "../../contract/errors.ts";
import { type DataFolder, openDataFolder } from "../../system/data-folder.ts";
import { scrubbedEnvironment, type Variables } from "../../system/environment.ts";
import { spawnSelf } from "../../system/self-process.ts";
import { daemonLogFile, daemonLogTail } from "./daemon-log-tail.ts";
import type { Standalone } from "./standalone.ts";
import { errorInReport, lockHeldExitCode } from "./ready-report.ts";

export interface StartOptions {
  readonly folder: DataFolder;
  readonly variables: Variables;
  readonly signal: AbortSignal;
  readonly port?: number | undefined;
  /** The daemon is for this command alone. */
  readonly standalone?: Standalone | undefined;
}

const newerDataExitCode = 78;

/**
 * Starts a daemon of its own session and waits until it says on descriptor 3 that it is ready. Also
 * returns when another daemon was faster.
 *
 * @throws StigmerError `unavailable` with the end of its log when it is not ready in time or ends;
 * what the daemon itself reports in place of being ready.
 */
export async function startDaemon(options: StartOptions, timeoutMs: number): Promise<void> {
  const { folder } = options;
  openDataFolder({ home: folder.home, runtimeFolder: options.variables["XDG_RUNTIME_DIR"] });
  const child = spawnDetached(options);
  const ready = child.stdio[3] as Readable;
  try {
    const outcome = await firstOf(child, ready, {
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(Math.max(1, timeoutMs))]),
    });
    const failure = failureOf(outcome, folder);
    if (failure) throw failure;
  } catch (thrown) {
    if (thrown instanceof StigmerError) throw thrown;
    options.signal.throwIfAborted();
    throw notReady(folder, thrown);
  } finally {
    ready.destroy();
    child.unref();
  }
}

function spawnDetached({ folder, variables, port, standalone }: StartOptions): ChildProcess {
  const log = openSync(daemonLogFile(folder), "a", 0o600);
  try {
    const daemon = spawnSelf(["__daemon", ...(standalone ? ["--standalone"] : [])], {
      detached: true,
      stdio: [standalone ? "pipe" : "ignore", log, log, "pipe"],
      env: daemonEnvironment(folder, variables, standalone ? 0 : port),
    });
    standalone?.adopt(daemon);
    return daemon;
  } finally {
    closeSync(log);
  }
}

export function daemonEnvironment(
  folder: DataFolder,
  variables: Variables,
  port: number | undefined,
): Record<string, string> {
  return {
    ...scrubbedEnvironment(variables),
    STIGMER_HOME: folder.home,
    ...(port === undefined ? {} : { STIGMER_PORT: String(port) }),
  };
}

type FirstSign =
  | { readonly kind: "line"; readonly line: string }
  | { readonly kind: "exit"; readonly exitCode: number };

function firstOf(
  child: ChildProcess,
  ready: Readable,
  { signal }: { signal: AbortSignal },
): Promise<FirstSign> {
  return new Promise((resolve, reject) => {
    let text = "";
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    child.once("error", reject);
    child.once("exit", (exitCode) => resolve({ kind: "exit", exitCode: exitCode ?? 1 }));
    ready.on("error", () => {}); // Its end says the same, and the exit code says more.
    ready.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve({ kind: "line", line: text.slice(0, text.indexOf("\n")) });
    });
  });
}

/** Another daemon that was faster is no failure. */
function failureOf(sign: FirstSign, folder: DataFolder): StigmerError | undefined {
  if (sign.kind === "line") return errorInReport(sign.line);
  return sign.exitCode === lockHeldExitCode ? undefined : ended(sign.exitCode, folder);
}

function ended(exitCode: number, folder: DataFolder): StigmerError {
  const code: ErrorCode = exitCode === newerDataExitCode ? "newer-data" : "unavailable";
  const message = `The daemon ended with exit code ${exitCode} when it was started.`;
  return new StigmerError(code, message + daemonLogTail(folder), {
    hint: "stigmer local start --foreground shows all of it",
  });
}

function notReady(folder: DataFolder, cause: unknown): StigmerError {
  const message = `The daemon was not ready in time.${daemonLogTail(folder)}`;
  return new StigmerError("unavailable", message, { hint: "stigmer local logs", cause });
}
