import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { McpServerSchema } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/api_pb.ts";
import type {
  CallToolRequest,
  CallToolResponse,
  ListToolsRequest,
  ToolList,
} from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/tool_pb.ts";
import type { PinnedMcpServerSchema } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../../contract/kinds.ts";
import { environmentValues } from "../../resources/environment-values.ts";
import { resolveResource } from "../../resources/references.ts";
import type { StoreReader } from "../../store/store.ts";
import type { Settings } from "../../system/settings.ts";
import { settingTexts } from "../dispatch/claim-message.ts";
import type { Jobs } from "../dispatch/jobs.ts";
import type { CallContext } from "../grpc/handlers.ts";

export interface McpToolHandlers {
  readonly listTools: (request: ListToolsRequest, call: CallContext) => Promise<ToolList>;
  readonly callTool: (request: CallToolRequest, call: CallContext) => Promise<CallToolResponse>;
}

/** Tools of stored MCP servers, reached in a runner. */
export function mcpToolHandlers(
  read: StoreReader,
  jobs: Jobs,
  settings: () => Promise<Settings>,
): McpToolHandlers {
  const shared = async (environmentRefs: readonly string[]) => ({
    settings: settingTexts(await settings()),
    environment: environmentValues(read, environmentRefs),
  });
  return {
    async listTools({ mcpServer, environmentRefs }, { signal }) {
      const value = { server: pinnedServer(read, mcpServer) };
      const job = { case: "listTools", value } as const;
      return await jobs.run("tools", { ...(await shared(environmentRefs)), job }, signal);
    },
    async callTool(
      { mcpServer, environmentRefs, tool, arguments: text, timeoutSeconds },
      { signal },
    ) {
      const value = {
        server: pinnedServer(read, mcpServer),
        tool,
        arguments: text,
        timeoutSeconds,
      };
      const job = { case: "callTool", value } as const;
      return await jobs.run("toolResult", { ...(await shared(environmentRefs)), job }, signal);
    },
  };
}

function pinnedServer(
  read: StoreReader,
  name: string,
): MessageInitShape<typeof PinnedMcpServerSchema> {
  const row = resolveResource(read, kindOf(ApiResourceKind.MCP_SERVER), name);
  const { spec } = fromBinary(McpServerSchema, row.body);
  return { slug: row.slug ?? row.id, ...(spec ? { spec } : {}) };
}
