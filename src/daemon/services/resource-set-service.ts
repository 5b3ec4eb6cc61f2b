import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import {
  ResourceChangeSchema,
  type ResourceSet,
  type ResourceSetChanges,
  ResourceSetSchema,
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
  return implement(
    ResourceSetController,
    {
      async *plan(parts, call) {
        const { actor } = writeContext(call);
        yield* told(await sets.plan(await gather(parts), actor, call.signal));
      },
      async *apply(parts, call) {
        const { actor, dryRun } = writeContext(call);
        const set = await gather(parts);
        const { signal } = call;
        const changes = dryRun ? sets.plan(set, actor, signal) : sets.apply(set, actor, signal);
        yield* told(await changes);
      },
      async *export(request) {
        yield* partsOf(ResourceSetSchema, sets.export(request), joined);
      },
    },
    ["plan", "apply"],
  );
}

function joined(sets: readonly ResourceSet[]): Pick<ResourceSet, "documents" | "skillVersions"> {
  return {
    documents: sets.flatMap(({ documents }) => documents),
    skillVersions: sets.flatMap(({ skillVersions }) => skillVersions),
  };
}

function limitsOf(settings: Settings): SetLimits {
  return { documents: settings.get("limits.setDocuments"), bytes: settings.get("limits.setBytes") };
}

const told = ({
  changes,
}: ResourceSetChanges): AsyncIterable<Pick<ResourceSetChanges, "changes">> =>
  partsOf(ResourceChangeSchema, changes, (part) => ({ changes: part }));

/** At least one message, also where there are no items. */
async function* partsOf<Schema extends DescMessage, Part>(
  schema: Schema,
  items: Iterable<MessageShape<Schema>> | AsyncIterable<MessageShape<Schema>>,
  partWith: (items: MessageShape<Schema>[]) => Part,
): AsyncGenerator<Part> {
  let isEmpty = true;
  for await (const part of inParts(schema, items)) {
    isEmpty = false;
    yield partWith(part);
  }
  if (isEmpty) yield partWith([]);
}
