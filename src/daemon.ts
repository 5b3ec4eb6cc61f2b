import { writeSync } from "node:fs";
import { messageOf, StigmerError, toStigmerError } from "./contract/errors.ts";
import { cachedSettings } from "./daemon/cached-settings.ts";
import type { RunningDaemon } from "./daemon/start-parts.ts";
import { watchFolder } from "./daemon/watch-folder.ts";
import { openStore } from "./store/open-store.ts";
import { endChildren } from "./system/end-children.ts";
import { removeDaemonRecord, writeDaemonRecord } from "./system/daemon-record.ts";
import { type DataFolder, openDataFolder } from "./system/data-folder.ts";
import {
  callerEnvironment,
  dataHome,
  processVariables,
  type Variables,
} from "./system/environment.ts";
import { type FileLock, tryLock } from "./system/file-lock.ts";
import { childTagOf, removeStandaloneHome } from "./system/standalone-home.ts";
import { createLogger, type Logger } from "./system/log.ts";
import { openLogFile } from "./system/log-file.ts";
import { buildId, version } from "./system/version.ts";

/** Exit codes of the daemon process, beside those of commands. */
const lockHeldExitCode = 73;
const newerDataExitCode = 78;

/** The CLI that started it reads one line from here: ready, or what went wrong. */
const readyDescriptor = 3;

/**
 * Runs the daemon until it is told to stop. Returns the exit code of the process. With
 * `--standalone` it belongs to the command that started it: it ends with its stdin and leaves no
 * data folder behind.
 */
export async function runDaemon(words: readonly string[]): Promise<number> {
  const isStandalone = words.includes("--standalone");
  const variables = processVariables();
  try {
    const folder = openDataFolder({
      home: dataHome(variables),
      runtimeFolder: callerEnvironment(variables).runtimeFolder,
    });
    using cleanup = new DisposableStack();
    using lock = tryLock(folder.lock);
    if (!lock) return lockHeldExitCode;
    if (isStandalone) cleanup.defer(() => removeStandaloneHome(folder));
    return await serve(folder, lock, { variables, isStandalone });
  } catch (thrown) {
    const error = toStigmerError(thrown);
    tellStarter({ error: { code: error.code, message: error.message, hint: error.hint } });
    process.stderr.write(`${messageOf(thrown)}\n`);
    return error.code === "newer-data" ? newerDataExitCode : 1;
  }
}

interface ServeOptions {
  readonly variables: Variables;
  readonly isStandalone: boolean;
}

async function serve(
  folder: DataFolder,
  lock: FileLock,
  { variables, isStandalone }: ServeOptions,
): Promise<number> {
  const settings = cachedSettings(folder.config, variables);
  const current = await settings();
  using sink = openLogFile({
    path: `${folder.logs}/daemon.log`,
    maxBytes: current.get("log.maxBytes"),
    files: current.get("log.files"),
  });
  const log = createLogger({ sink, level: current.get("log.level") });
  const childTag = childTagOf(folder.home);
  // What a daemon that was killed left behind; its own runners ended when it did.
  const swept = endChildren(folder.mcp, childTag);
  const [opened, { startParts }] = await Promise.all([
    openStore({ file: folder.database, artifactsDir: folder.artifacts, log }),
    // The writer's thread starts while this one loads the greater part of the program.
    import("./daemon/start-parts.ts"),
  ]);
  await using store = opened;
  for (const container of await swept) log.warn("container not removed", { container });
  await store.write("openEpoch", undefined);
  const stopping = Promise.withResolvers<string>();
  await using daemon = await startParts({
    folder,
    variables,
    settings,
    log,
    store,
    childTag,
    stop: () => stopping.resolve("asked to stop"),
  });
  using _watch = watchFolder(lock, () => stopping.resolve("the data folder is gone"));
  onSignals((signal) => stopping.resolve(signal));
  if (isStandalone) onStarterGone(() => stopping.resolve("its command has ended"));
  announce(folder, daemon, log);
  const why = await stopping.promise;
  log.info("daemon stops", { why });
  await daemon.stop();
  removeDaemonRecord(folder.daemonRecord);
  log.info("daemon stopped", {});
  return 0;
}

/** Tells whoever looks for it, reads its log or started it that it is ready. */
function announce(folder: DataFolder, { server, startedAt }: RunningDaemon, log: Logger): void {
  const { pid } = process;
  const { addresses, warnings } = server;
  writeDaemonRecord(folder.daemonRecord, {
    pid,
    startedAt: startedAt.toISOString(),
    version,
    buildId,
    socket: folder.socket,
    addresses,
  });
  log.info("daemon ready", { pid, addresses, version, buildId });
  tellStarter({ ready: { pid, addresses, warnings } });
}

/** The first signal stops in order, the second at once. */
function onSignals(stop: (signal: string) => void): void {
  let count = 0;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      count += 1;
      if (count > 1) process.exit(1);
      stop(signal);
    });
  }
  // It outlives the terminal it was started from.
  process.on("SIGHUP", () => {});
}

/** Nothing is ever written there; the kernel ends it with the process that holds the other end. */
function onStarterGone(stop: () => void): void {
  process.stdin.on("end", stop).on("error", stop).resume();
}

/** Nobody listens when it was not started by the CLI. */
function tellStarter(news: object): void {
  try {
    writeSync(readyDescriptor, `${JSON.stringify(news)}\n`);
  } catch (thrown) {
    if (!(thrown instanceof Error))
      throw new StigmerError("internal", "writing to the starter failed", { cause: thrown });
  }
}
