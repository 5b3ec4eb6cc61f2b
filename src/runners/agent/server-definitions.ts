import type { AgentSpec } from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import type { McpServerSpec } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import type { PinnedMcpServer } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { ExecutionFailure } from "../durable/durable-context.ts";
import type { McpServerDefinition } from "../mcp/server-definition.ts";

export type Values = Readonly<Record<string, string>>;

/** The MCP servers of an agent, with the values of the bound environments filled in. */
export function serverDefinitions(
  agent: AgentSpec,
  pinned: Readonly<Record<string, PinnedMcpServer>>,
  values: Values,
): McpServerDefinition[] {
  return agent.mcpServers.flatMap(({ server, enabledTools }) => {
    if (server.case === "inline") {
      const { name, spec } = server.value;
      return spec ? [serverDefinition(name, spec, values, enabledTools)] : [];
    }
    const stored = pinned[server.value ?? ""];
    if (!stored?.spec) throw new Error(`MCP server "${server.value}" came without its definition`);
    return [serverDefinition(stored.slug, stored.spec, values, enabledTools)];
  });
}

/**
 * One server. `enabledTools` of the agent narrow those of the server.
 *
 * @throws ExecutionFailure `environment` when a value that the server needs is not bound
 */
export function serverDefinition(
  name: string,
  spec: McpServerSpec,
  values: Values,
  enabledTools: readonly string[] = [],
): McpServerDefinition {
  const declared = declaredValues(name, spec, values);
  const tools = { enabledTools: enabledTools.length > 0 ? enabledTools : spec.enabledTools };
  const fill = (text: string): string => interpolate(name, text, values);
  if (spec.transport.case === "http") {
    const { url, headers } = spec.transport.value;
    return { name, ...tools, transport: { kind: "http", url, headers: mapValues(headers, fill) } };
  }
  if (spec.transport.case === "docker") {
    const { image, args, env, mounts, withoutNetwork } = spec.transport.value;
    const filled = { ...declared, ...mapValues(env, fill) };
    return {
      name,
      ...tools,
      transport: { kind: "docker", image, args, env: filled, mounts, withoutNetwork },
    };
  }
  if (spec.transport.case !== "stdio") {
    throw new ExecutionFailure({
      code: "tool-server",
      message: `MCP server "${name}" has no transport`,
    });
  }
  const { command, args, env, workingDirectory } = spec.transport.value;
  return {
    name,
    ...tools,
    transport: {
      kind: "stdio",
      command,
      args,
      env: { ...declared, ...mapValues(env, fill) },
      ...(workingDirectory === "" ? {} : { cwd: workingDirectory }),
    },
  };
}

function declaredValues(name: string, spec: McpServerSpec, values: Values): Record<string, string> {
  const found: Record<string, string> = {};
  for (const variable of spec.variables) {
    const value = values[variable.name];
    if (value !== undefined) found[variable.name] = value;
    else if (variable.required) throw missingValue(name, variable.name);
  }
  return found;
}

/** `${NAME}` → its value. `$$` is not special: values come from a person, not from a template. */
function interpolate(server: string, text: string, values: Values): string {
  return text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, variable: string) => {
    const value = values[variable];
    if (value === undefined) throw missingValue(server, variable);
    return value;
  });
}

function missingValue(server: string, variable: string): ExecutionFailure {
  return new ExecutionFailure({
    code: "environment",
    message: `MCP server "${server}" needs ${variable}, and no bound environment has it`,
    hint: `stigmer environment set NAME ${variable}=…, then bind it with --environment NAME`,
  });
}

function mapValues(
  map: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
