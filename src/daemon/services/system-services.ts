import { statSync } from "node:fs";
import { timestampFromDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  SystemCommandController,
  SystemQueryController,
} from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { apiVersion } from "../../contract/metadata-keys.ts";
import type { Store } from "../../store/store.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import { buildId, version } from "../../system/version.ts";
import type { RunnerPool } from "../dispatch/runner-pool.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";
import { storeChecks } from "./store-checks.ts";
import { localActor } from "./write-context.ts";

export interface SystemServicesOptions {
  readonly folder: DataFolder;
  readonly store: Store;
  readonly pool: RunnerPool;
  readonly startedAt: Date;
  /** Known once the server listens. */
  readonly listening: () => {
    readonly addresses: readonly string[];
    readonly warnings: readonly string[];
  };
  readonly stop: () => void;
}

/** What the daemon says of itself, and how it is told to stop. */
export function systemServices(options: SystemServicesOptions): ServiceImplementation[] {
  const { store } = options;
  const openExecutions = (): number => store.read.countOpen();
  return [
    implement(SystemQueryController, {
      version: () => Promise.resolve({ version, buildId, apiVersion }),
      whoami: (_request, { principal }) =>
        Promise.resolve({ kind: principal.kind, actor: localActor, version }),
      info: () =>
        Promise.resolve({ ...factsOf(options), openExecutions: BigInt(openExecutions()) }),
      doctor: async ({ budgetMs }) => ({ checks: await storeChecks(store, budgetMs) }),
    }),
    implement(SystemCommandController, {
      stop() {
        // After the answer left: the caller waits for it.
        setImmediate(options.stop);
        return Promise.resolve({ pid: process.pid, openExecutions: openExecutions() });
      },
    }),
  ];
}

function factsOf({ folder, store, pool, startedAt, listening }: SystemServicesOptions) {
  const { addresses, warnings } = listening();
  return {
    version,
    buildId,
    pid: process.pid,
    startedAt: timestampFromDate(startedAt),
    home: folder.home,
    addresses: [...addresses],
    warnings: [...warnings],
    runners: pool.runners.map(({ id, process: child, leases }) => ({
      id,
      pid: child.pid ?? 0,
      executionId: leases[0]?.executionId ?? "",
      executions: leases.length,
    })),
    memoryBytes: BigInt(process.memoryUsage.rss()),
    databaseBytes: BigInt(statSync(folder.database).size),
    readOnlyReason: store.failure?.message ?? "",
    history: historyOf(store),
  };
}

function historyOf({ read }: Store) {
  const { executions, bytes, oldestEndedAt } = read.historyTotals();
  return {
    executions: BigInt(executions),
    bytes: BigInt(bytes),
    ...(oldestEndedAt === undefined ? {} : { oldestEndedAt: timestampFromMs(oldestEndedAt) }),
  };
}
