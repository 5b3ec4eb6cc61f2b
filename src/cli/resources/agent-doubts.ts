import type { Agent } from "../../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import type { AgentMcpServer } from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import type { CommandContext } from "../command-context.ts";
import { knownAliases } from "../connect/known-aliases.ts";
import type { Invocation } from "../invocation.ts";
import { mcpServerKind } from "./mcp-server-kind.ts";

/** Says what would fail only when the agent runs, as far as it can be known without running it. */
export async function warnOfDoubts(
  agent: Agent,
  invocation: Invocation,
  context: CommandContext,
): Promise<void> {
  const { spec } = agent;
  if (!spec) return;
  const models = [spec.model, ...spec.fallbackModels].filter((name) => name !== "");
  await warnOfModels(models, invocation, context);
  for (const server of spec.mcpServers) await warnOfTools(server, context);
}

async function warnOfModels(
  models: readonly string[],
  invocation: Invocation,
  { folder, variables, terminal }: CommandContext,
): Promise<void> {
  const bare = models.filter((name) => !name.includes("/"));
  if (bare.length === 0) return;
  const aliases = await knownAliases({ folder, variables, given: invocation.text("context") });
  if (!aliases) return;
  for (const name of bare.filter((one) => !aliases.has(one))) {
    terminal.warn(
      `model ${name} is neither PROVIDER/MODEL nor an alias: stigmer config set model.aliases.${name} PROVIDER/MODEL`,
    );
  }
}

/** A server that limits its tools says which there can be; what another has only its start tells. */
async function warnOfTools(
  { server, enabledTools }: AgentMcpServer,
  { daemon, terminal }: CommandContext,
): Promise<void> {
  if (server.case !== "ref" || enabledTools.length === 0) return;
  const offered = (await mcpServerKind.get(daemon, server.value)).spec?.enabledTools ?? [];
  const tools = enabledTools.filter((tool) => !offered.includes(tool));
  if (offered.length === 0) {
    terminal.notice(`Whether ${server.value} has these tools: stigmer mcp tools ${server.value}`);
  } else if (tools.length > 0) {
    terminal.warn(
      `MCP server ${server.value} does not offer ${tools.join(", ")}, only ${offered.join(", ")}`,
    );
  }
}
