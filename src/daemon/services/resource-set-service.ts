import { ResourceSetController } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import type { ResourceSets } from "../../resources/resource-set/resource-sets.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";
import { writeContext } from "./write-context.ts";

/** Definitions from files. */
export function resourceSetService(sets: ResourceSets): ServiceImplementation {
  return implement(ResourceSetController, {
    plan: async (set, call) => await sets.plan(set, writeContext(call).actor),
    apply: async (set, call) => {
      const { actor, dryRun } = writeContext(call);
      return dryRun ? await sets.plan(set, actor) : await sets.apply(set, actor);
    },
  });
}
