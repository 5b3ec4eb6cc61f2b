import type { Channel } from "../../contract/channel.ts";
import { AgentQueryController } from "../../contract/gen/ai/stigmer/agentic/agent/v1/query_pb.ts";
import { EnvironmentQueryController } from "../../contract/gen/ai/stigmer/agentic/environment/v1/query_pb.ts";
import { ExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import { McpServerQueryController } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/query_pb.ts";
import { SessionQueryController } from "../../contract/gen/ai/stigmer/agentic/session/v1/query_pb.ts";
import type { ApiResourceMetadata } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import { dataFolderAt } from "../../system/data-folder.ts";
import { callerEnvironment, dataHome, processVariables } from "../../system/environment.ts";
import type { CompletionSource } from "../command-spec.ts";
import { openChannel } from "../connect/open-channel.ts";

type StoredSource = Exclude<CompletionSource, "file" | "kind" | "provider" | "setting">;
type Named = { readonly metadata?: ApiResourceMetadata | undefined };

/** Slugs, or ids where there are no names, of the newest resources; none without a daemon. */
export async function storedNames(source: StoredSource, signal: AbortSignal): Promise<string[]> {
  const variables = processVariables();
  const { runtimeFolder } = callerEnvironment(variables);
  const folder = dataFolderAt({ home: dataHome(variables), runtimeFolder });
  const connected = await openChannel(folder, signal);
  if (!connected) return [];
  using channel = connected.channel;
  const items = await listers[source](channel, signal);
  const names = items.map(({ metadata }) => metadata?.slug || metadata?.id || "");
  return source === "session" || source === "execution" ? ["@last", ...names] : names;
}

type Lister = (channel: Channel, signal: AbortSignal) => Promise<readonly Named[]>;

const page = { pageSize: 50 };

const listers: { readonly [Source in StoredSource]: Lister } = {
  agent: async (channel, signal) =>
    (await channel.unary(AgentQueryController.method.list, page, { signal })).items,
  mcp: async (channel, signal) =>
    (await channel.unary(McpServerQueryController.method.list, page, { signal })).items,
  environment: async (channel, signal) =>
    (await channel.unary(EnvironmentQueryController.method.list, page, { signal })).items,
  session: async (channel, signal) =>
    (await channel.unary(SessionQueryController.method.list, page, { signal })).items,
  execution: async (channel, signal) => {
    const { method } = ExecutionQueryController;
    const { items } = await channel.unary(method.list, { page }, { signal });
    return items.flatMap(({ execution }) => execution.value ?? []);
  },
};
