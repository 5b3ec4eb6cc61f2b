import { existsSync } from "node:fs";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { largestMessageBytes } from "../contract/channel.ts";
import { kindOf } from "../contract/kinds.ts";
import { AgentExecutions } from "../resources/agent-executions.ts";
import { ChangeFeed } from "../resources/change-feed.ts";
import { DeltaHub } from "../resources/delta-hub.ts";
import { rulesOf } from "../resources/kind-rules.ts";
import { ResourceSets } from "../resources/resource-set/resource-sets.ts";
import { ResourceService } from "../resources/resource-service.ts";
import type { Store } from "../store/store.ts";
import { WorkflowExecutions } from "../resources/workflow-executions.ts";
import { isSameToken, openAccessToken } from "../system/access-token.ts";
import type { DataFolder } from "../system/data-folder.ts";
import type { Variables } from "../system/environment.ts";
import type { Logger } from "../system/log.ts";
import { openSecretStore } from "../system/open-secret-store.ts";
import { selfCommand } from "../system/self-process.ts";
import type { Settings } from "../system/settings.ts";
import { LentCredentials } from "./credentials/lent-credentials.ts";
import { ProviderCredentials } from "./credentials/provider-credentials.ts";
import { Dispatcher } from "./dispatch/dispatcher.ts";
import { Jobs } from "./dispatch/jobs.ts";
import { LeaseKeeper } from "./dispatch/lease-keeper.ts";
import { RunnerPool } from "./dispatch/runner-pool.ts";
import type { Authenticate } from "./grpc/principal.ts";
import { type GrpcServer, startGrpcServer } from "./grpc/server.ts";
import { RequestReader } from "./grpc/validation.ts";
import { Retention } from "./retention/retention.ts";
import { type ScheduleParts, scheduleParts } from "./schedules/schedule-parts.ts";
import { servicesOf } from "./services/services.ts";

export interface PartsOptions {
  readonly folder: DataFolder;
  readonly variables: Variables;
  readonly settings: () => Promise<Settings>;
  readonly log: Logger;
  readonly store: Store;
  /** Tags every process below this daemon: unique to the data folder, ends with a separator. */
  readonly childTag: string;
  /** Asks the process to stop. */
  readonly stop: () => void;
}

export interface RunningDaemon extends AsyncDisposable {
  readonly server: GrpcServer;
  readonly startedAt: Date;
  /** Lets running effects end, then calls, each for a bounded time. */
  stop(): Promise<void>;
}

const runnerGraceMs = 3_000;
const callGraceMs = 5_000;
const unaryTimeoutMs = 60_000;
const keychainTimeoutMs = 10_000;

/** What surrounds a message of the largest size in its request. */
const messageOverheadBytes = 64 * 1024;

/** Builds the daemon from its parts; the order of construction is the order of dependency. */
export async function startParts(options: PartsOptions): Promise<RunningDaemon> {
  const { folder, settings, log, store } = options;
  const startedAt = new Date();
  const current = await settings();
  const lent = new LentCredentials();
  const work = dispatchParts(options);
  const { pool, dispatcher, schedules } = work;
  await using parts = new AsyncDisposableStack();
  const retention = parts.use(new Retention({ store, settings, log }));
  let listening: Pick<GrpcServer, "addresses" | "warnings"> = { addresses: [], warnings: [] };
  const server = await startGrpcServer({
    socketPath: folder.socket,
    tcp: { port: current.get("port"), hosts: ["127.0.0.1", "::1"] },
    services: servicesOf({
      ...work,
      sets: resourceSets(store),
      folder,
      store,
      settings,
      startedAt,
      retention,
      lent,
      listening: () => listening,
      stop: options.stop,
    }),
    authenticate: authenticator(pool, folder),
    log,
    limits: {
      maxRequestBytes: current.get("limits.messageBytes") + messageOverheadBytes,
      maxRunnerRequestBytes: largestMessageBytes,
      unaryTimeoutMs,
    },
  });
  listening = server;
  parts.use(work.feed);
  parts.use(server);
  parts.use(pool);
  parts.use(dispatcher);
  parts.use(new LeaseKeeper({ store, pool, leaseMs: current.get("runner.leaseTime"), log }));
  parts.use(store.onCommitted(() => lent.forgetEnded(store.read)));
  parts.use(schedules.scheduler);
  dispatcher.wake();
  schedules.scheduler.start();
  const running = parts.move();
  return {
    server,
    startedAt,
    async stop() {
      schedules.scheduler.stop();
      dispatcher.stop();
      await pool.drain(runnerGraceMs);
      await server.stop(callGraceMs);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function resourceSets(store: Store): ResourceSets {
  const rules = new RequestReader();
  return new ResourceSets({
    store,
    clock: Date.now,
    validate: (schema, bytes) => rules.read(schema, bytes),
  });
}

interface DispatchParts {
  readonly feed: ChangeFeed;
  readonly serviceOf: (number: ApiResourceKind) => ResourceService;
  readonly executions: AgentExecutions;
  readonly workflowExecutions: WorkflowExecutions;
  readonly pool: RunnerPool;
  readonly jobs: Jobs;
  readonly dispatcher: Dispatcher;
  readonly credentials: ProviderCredentials;
  readonly schedules: ScheduleParts;
}

/** What is kept, who works on it, and who decides that. */
function dispatchParts(options: PartsOptions): DispatchParts {
  const { folder, settings, log, store, childTag } = options;
  const feed = new ChangeFeed(store);
  const deltas = new DeltaHub(feed);
  const serviceOf = (number: ApiResourceKind): ResourceService =>
    new ResourceService({ kind: kindOf(number), store, clock: Date.now, rules: rulesOf(number) });
  const events = { read: store.read, feed, deltas };
  const executions = new AgentExecutions({
    store,
    clock: Date.now,
    sessions: serviceOf(ApiResourceKind.SESSION),
    events,
    maxAttachmentBytes: async () => (await settings()).get("limits.attachmentBytes"),
  });
  const workflowExecutions = new WorkflowExecutions({ store, clock: Date.now, events });
  const pool = new RunnerPool({
    address: `unix:${folder.socket}`,
    childTag,
    mcpFolder: folder.mcp,
    settings,
    log,
    onGone: (runner) => void dispatcher.abandon(runner),
  });
  const jobs = new Jobs(pool);
  const executionsOf = (kind: number): AgentExecutions | WorkflowExecutions =>
    kind === ApiResourceKind.WORKFLOW_EXECUTION ? workflowExecutions : executions;
  const dispatcher = new Dispatcher({ store, pool, jobs, executionsOf, deltas, settings, log });
  const credentials = providerCredentials(options);
  const schedules = scheduleParts({
    store,
    log,
    clock: Date.now,
    resources: serviceOf(ApiResourceKind.SCHEDULE),
    starters: { executions, workflowExecutions, credentials },
    executionsOf,
    dispatcher,
  });
  const running = { pool, jobs, dispatcher, credentials, schedules };
  return { feed, serviceOf, executions, workflowExecutions, ...running };
}

function providerCredentials({ folder, settings, variables }: PartsOptions): ProviderCredentials {
  return new ProviderCredentials({
    settings,
    hasSecrets: () => existsSync(folder.secretSource),
    secrets: () =>
      openSecretStore({ folder, self: selfCommand(), variables, timeoutMs: keychainTimeoutMs }),
  });
}

function authenticator(pool: RunnerPool, folder: DataFolder): Authenticate {
  const token = openAccessToken(folder.token);
  return (given) => {
    const runner = pool.byToken(given);
    if (runner) return { kind: "runner", runnerId: runner.id };
    return isSameToken(given, token) ? { kind: "user" } : undefined;
  };
}
