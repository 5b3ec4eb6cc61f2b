import { HistoryController } from "../../contract/gen/ai/stigmer/agentic/history/v1/command_pb.ts";
import { exportHistory } from "../../resources/history/export-history.ts";
import { importHistory } from "../../resources/history/import-history.ts";
import type { Store } from "../../store/store.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";

/** What was said and done, moved from one data folder to another. */
export function historyService(store: Store): ServiceImplementation {
  return implement(HistoryController, {
    export: () => exportHistory(store),
    async import(parts) {
      const counts = Object.entries(await importHistory(store, parts));
      return Object.fromEntries(counts.map(([name, count]) => [name, BigInt(count)]));
    },
  });
}
