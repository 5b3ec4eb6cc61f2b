import { ResourceChangeSchema } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import type {
  ResourceSet,
  ResourceSetChanges,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { ResourceSetController } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import { inParts } from "../../contract/message-parts.ts";
import { gatherSet, type SetLimits } from "../../resources/resource-set/gather-set.ts";
import type { ResourceSets } from "../../resources/resource-set/resource-sets.ts";
import type { Settings } from "../../system/settings.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";
import { writeContext } from "./write-context.ts";

export interface ResourceSetParts {
  readonly sets: ResourceSets;
  readonly settings: () => Promise<Settings>;
}

/** Definitions from files. */
export function resourceSetService({ sets, settings }: ResourceSetParts): ServiceImplementation {
  const gather = async (parts: AsyncIterable<ResourceSet>): Promise<ResourceSet> =>
    await gatherSet(parts, limitsOf(await settings()));
  return implement(ResourceSetController, {
    async *plan(parts, call) {
      const { actor } = writeContext(call);
      yield* answered(await sets.plan(await gather(parts), actor, call.signal));
    },
    async *apply(parts, call) {
      const { actor, dryRun } = writeContext(call);
      const set = await gather(parts);
      const { signal } = call;
      const changes = dryRun ? sets.plan(set, actor, signal) : sets.apply(set, actor, signal);
      yield* answered(await changes);
    },
  });
}

function limitsOf(settings: Settings): SetLimits {
  return { documents: settings.get("limits.setDocuments"), bytes: settings.get("limits.setBytes") };
}

/** At least one message, also of a set that does nothing. */
function* answered({
  changes,
}: ResourceSetChanges): Generator<Pick<ResourceSetChanges, "changes">> {
  if (changes.length === 0) yield { changes: [] };
  for (const part of inParts(ResourceChangeSchema, changes)) yield { changes: part };
}
