import type { JsonObject } from "@bufbuild/protobuf";
import type { Channel } from "../../contract/channel.ts";
import type { Json } from "../../contract/json.ts";
import {
  RunnerController,
  type RunnerExecution,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { EventSource } from "../durable/local-run.ts";
import type { WorkflowHost } from "./workflow-host.ts";

const decoder = new TextDecoder();

/** The daemon's log of events, as one execution sees and adds to it. */
export function publishedEvents(
  channel: Channel,
  execution: RunnerExecution,
): EventSource & Pick<WorkflowHost, "emit"> {
  const { method } = RunnerController;
  return {
    async read(types, after) {
      const request = { execution, types: [...types], after: BigInt(after) };
      const { items } = await channel.unary(method.readEvents, request);
      return items.map(({ sequence, event }) => ({
        id: Number(sequence),
        event: JSON.parse(decoder.decode(event)) as Json,
      }));
    },
    // It has an id that stays the same: sent again, it is one event.
    async emit(event, { signal }) {
      await channel.unary(method.emitEvent, { execution, event: event as JsonObject }, { signal });
    },
  };
}
