import { EventController } from "../../contract/gen/ai/stigmer/agentic/event/v1/command_pb.ts";
import type {
  EmitEventRequest,
  ReadEventsRequest,
  RunnerExecution,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { publishEvent } from "../../resources/publish-event.ts";
import type { Store } from "../../store/store.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";
import { type CallContext, implement, type ServiceImplementation } from "../grpc/handlers.ts";

type Held = (execution: RunnerExecution | undefined, call: CallContext) => ExecutionRow;

/** Read at once; the reader asks again behind them. */
const eventsAtOnce = 100;

/** Publishing events from outside. */
export function eventService(store: Store): ServiceImplementation {
  return implement(EventController, {
    publish: async ({ event = {} }) => await publishEvent(store, event, Date.now()),
  });
}

/** What executions publish and listen for. */
export function eventHandlers(store: Store, held: Held) {
  return {
    async readEvents({ execution, types, after }: ReadEventsRequest, call: CallContext) {
      const { createdAt } = held(execution, call);
      const query = { types, after: Number(after), since: createdAt };
      const items = store.read
        .events(query, eventsAtOnce)
        .map(({ id, body }) => ({ sequence: BigInt(id), event: body }));
      return await Promise.resolve({ items });
    },
    async emitEvent({ execution, event = {} }: EmitEventRequest, call: CallContext) {
      held(execution, call);
      return await publishEvent(store, event, Date.now());
    },
  };
}
