import { HistoryController } from "../../contract/gen/ai/stigmer/agentic/history/v1/command_pb.ts";
import { exportHistory } from "../../resources/history/export-history.ts";
import { importHistory } from "../../resources/history/import-history.ts";
import type { Store } from "../../store/store.ts";
import type { Retention } from "../retention/retention.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";

/** What was said and done, moved from one data folder to another. */
export function historyService({
  store,
  retention,
}: {
  readonly store: Store;
  readonly retention: Retention;
}): ServiceImplementation {
  return implement(HistoryController, {
    async *export() {
      using _ = await retention.pause();
      yield* exportHistory(store);
    },
    async import(parts) {
      using _ = await retention.pause();
      const counts = Object.entries(await importHistory(store, parts));
      const { executions, settings } = await retention.surplus();
      return {
        ...Object.fromEntries(counts.map(([name, count]) => [name, BigInt(count)])),
        surplusExecutions: BigInt(executions),
        surplusSettings: [...settings],
      };
    },
  });
}
