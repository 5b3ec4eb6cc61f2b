import { existsSync, writeSync } from "node:fs";
import { messageOf, StigmerError, toStigmerError } from "./contract/errors.ts";
import { ApiResourceKind } from "./contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "./contract/kinds.ts";
import { LentCredentials } from "./daemon/credentials/lent-credentials.ts";
import { ProviderCredentials } from "./daemon/credentials/provider-credentials.ts";
import { Dispatcher } from "./daemon/dispatch/dispatcher.ts";
import { Jobs } from "./daemon/dispatch/jobs.ts";
import { RunnerPool } from "./daemon/dispatch/runner-pool.ts";
import { type GrpcServer, startGrpcServer } from "./daemon/grpc/server.ts";
import { executionServices } from "./daemon/services/execution-services.ts";
import { mcpToolHandlers } from "./daemon/services/mcp-tool-handlers.ts";
import { modelServices } from "./daemon/services/model-services.ts";
import { resourceServices } from "./daemon/services/resource-services.ts";
import { runnerService } from "./daemon/services/runner-service.ts";
import { systemServices } from "./daemon/services/system-services.ts";
import { watchFolder } from "./daemon/watch-folder.ts";
import { AgentExecutions } from "./resources/agent-executions.ts";
import { ChangeFeed } from "./resources/change-feed.ts";
import { DeltaHub } from "./resources/delta-hub.ts";
import { rulesOf } from "./resources/kind-rules.ts";
import { ResourceService } from "./resources/resource-service.ts";
import { openStore } from "./store/open-store.ts";
import type { Store } from "./store/store.ts";
import { isSameToken, openAccessToken } from "./system/access-token.ts";
import { killTagged } from "./system/child-sweep.ts";
import { removeDaemonRecord, writeDaemonRecord } from "./system/daemon-record.ts";
import { type DataFolder, openDataFolder } from "./system/data-folder.ts";
import {
  callerEnvironment,
  dataHome,
  processVariables,
  type Variables,
} from "./system/environment.ts";
import { type FileLock, tryLock } from "./system/file-lock.ts";
import { createLogger, type Logger } from "./system/log.ts";
import { openLogFile } from "./system/log-file.ts";
import { openSecretStore } from "./system/open-secret-store.ts";
import { selfCommand } from "./system/self-process.ts";
import { readSettings, type Settings } from "./system/settings.ts";
import { buildId, version } from "./system/version.ts";

/** Exit codes of the daemon process, beside those of commands. */
const lockHeldExitCode = 73;
const newerDataExitCode = 78;

/** The CLI that started it reads one line from here: ready, or what went wrong. */
const readyDescriptor = 3;

const stopGraceMs = 8_000;
const runnerGraceMs = 3_000;
const unaryTimeoutMs = 60_000;
const keychainTimeoutMs = 10_000;

/** Runs the daemon until it is told to stop. Returns the exit code of the process. */
export async function runDaemon(): Promise<number> {
  const variables = processVariables();
  try {
    const folder = openDataFolder({
      home: dataHome(variables),
      runtimeFolder: callerEnvironment(variables).runtimeFolder,
    });
    using lock = tryLock(folder.lock);
    if (!lock) return lockHeldExitCode;
    return await serve(folder, lock, variables);
  } catch (thrown) {
    const error = toStigmerError(thrown);
    tellStarter({ error: { code: error.code, message: error.message, hint: error.hint } });
    process.stderr.write(`${messageOf(thrown)}\n`);
    return error.code === "newer-data" ? newerDataExitCode : 1;
  }
}

async function serve(folder: DataFolder, lock: FileLock, variables: Variables): Promise<number> {
  const settings = (): Promise<Settings> => readSettings({ file: folder.config, variables });
  const current = await settings();
  using sink = openLogFile({
    path: `${folder.logs}/daemon.log`,
    maxBytes: current.get("log.maxBytes"),
    files: current.get("log.files"),
  });
  const log = createLogger({ sink, level: current.get("log.level") });
  const childTag = `${folder.home}#`;
  // What a daemon that was killed left behind; its own runners ended when it did.
  const swept = killTagged(childTag);
  await using store = await openStore({
    file: folder.database,
    artifactsDir: folder.artifacts,
    log,
  });
  await swept;
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
  writeDaemonRecord(folder.daemonRecord, {
    pid: process.pid,
    startedAt: daemon.startedAt.toISOString(),
    version,
    buildId,
    socket: folder.socket,
    addresses: daemon.server.addresses,
  });
  log.info("daemon ready", {
    pid: process.pid,
    addresses: daemon.server.addresses,
    version,
    buildId,
  });
  tellStarter({
    ready: {
      pid: process.pid,
      addresses: daemon.server.addresses,
      warnings: daemon.server.warnings,
    },
  });
  const why = await stopping.promise;
  log.info("daemon stops", { why });
  await daemon.stop();
  removeDaemonRecord(folder.daemonRecord);
  log.info("daemon stopped", {});
  return 0;
}

interface PartsOptions {
  readonly folder: DataFolder;
  readonly variables: Variables;
  readonly settings: () => Promise<Settings>;
  readonly log: Logger;
  readonly store: Store;
  readonly childTag: string;
  readonly stop: () => void;
}

interface RunningDaemon extends AsyncDisposable {
  readonly server: GrpcServer;
  readonly startedAt: Date;
  stop(): Promise<void>;
}

/** Builds the daemon from its parts; the order of construction is the order of dependency. */
async function startParts(options: PartsOptions): Promise<RunningDaemon> {
  const { folder, settings, log, store, variables } = options;
  const startedAt = new Date();
  const feed = new ChangeFeed(store);
  const deltas = new DeltaHub(feed);
  const serviceOf = (number: ApiResourceKind): ResourceService =>
    new ResourceService({ kind: kindOf(number), store, clock: Date.now, rules: rulesOf(number) });
  const sessions = serviceOf(ApiResourceKind.SESSION);
  const executions = new AgentExecutions({
    store,
    clock: Date.now,
    sessions,
    events: { read: store.read, feed, deltas },
  });
  const lent = new LentCredentials();
  const credentials = new ProviderCredentials({
    settings,
    hasSecrets: () => existsSync(folder.secretSource),
    secrets: () =>
      openSecretStore({ folder, self: selfCommand(), variables, timeoutMs: keychainTimeoutMs }),
  });
  const pool = new RunnerPool({
    address: `unix:${folder.socket}`,
    childTag: options.childTag,
    mcpFolder: folder.mcp,
    settings,
    log,
    onGone: (runner) => void dispatcher.abandon(runner),
  });
  const jobs = new Jobs(pool);
  const dispatcher = new Dispatcher({ store, pool, jobs, executions, deltas, settings, log });
  const token = openAccessToken(folder.token);
  const current = await settings();
  let listening: Pick<GrpcServer, "addresses" | "warnings"> = { addresses: [], warnings: [] };
  const server = await startGrpcServer({
    socketPath: folder.socket,
    tcp: { port: current.get("port"), hosts: ["127.0.0.1", "::1"] },
    services: [
      ...resourceServices(serviceOf, mcpToolHandlers(store.read, jobs, settings)),
      ...executionServices({
        executions,
        resources: serviceOf(ApiResourceKind.AGENT_EXECUTION),
        sessions,
        dispatcher,
        lent,
        credentials,
      }),
      ...modelServices({ credentials, executions, jobs, settings }),
      ...systemServices({
        folder,
        store,
        pool,
        startedAt,
        listening: () => listening,
        stop: options.stop,
      }),
      runnerService({
        store,
        pool,
        dispatcher,
        executions,
        lent,
        credentials,
        settings,
        configFile: folder.config,
      }),
    ],
    authenticate: (given) => {
      const runner = pool.byToken(given);
      if (runner) return { kind: "runner", runnerId: runner.id };
      return isSameToken(given, token) ? { kind: "user" } : undefined;
    },
    log,
    limits: {
      maxRequestBytes: current.get("limits.messageBytes") + messageOverheadBytes,
      unaryTimeoutMs,
    },
  });
  listening = server;
  dispatcher.wake();
  return {
    server,
    startedAt,
    async stop() {
      dispatcher.stop();
      await pool.drain(runnerGraceMs);
      await server.stop(stopGraceMs - runnerGraceMs);
    },
    async [Symbol.asyncDispose]() {
      dispatcher[Symbol.dispose]();
      await pool[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      feed[Symbol.dispose]();
    },
  };
}

/** What surrounds a message of the largest size in its request. */
const messageOverheadBytes = 64 * 1024;

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

/** Nobody listens when it was not started by the CLI. */
function tellStarter(news: object): void {
  try {
    writeSync(readyDescriptor, `${JSON.stringify(news)}\n`);
  } catch (thrown) {
    if (!(thrown instanceof Error))
      throw new StigmerError("internal", "writing to the starter failed", { cause: thrown });
  }
}
