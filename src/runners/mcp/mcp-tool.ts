import type { Tool } from "@modelcontextprotocol/client";
import { StigmerError } from "../../contract/errors.ts";
import { nearestName } from "../../contract/nearest-name.ts";

export interface McpTool {
  readonly name: string;
  readonly title: string | undefined;
  readonly description: string;
  /** The server's JSON Schema as it came. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** The server's word that a call changes nothing. */
  readonly readOnly: boolean;
  /** The server's word that a repeated call changes nothing more. */
  readonly idempotent: boolean;
}

/**
 * The tools an agent may use, in the server's order.
 *
 * @param enabled names to choose; empty means all
 * @throws StigmerError `not-found` for a name the server does not have, naming the nearest
 */
export function selectTools(
  serverName: string,
  offered: readonly Tool[],
  enabled: readonly string[],
): McpTool[] {
  const names = offered.map((tool) => tool.name);
  for (const name of enabled) {
    if (!names.includes(name)) throw unknownTool(serverName, name, names);
  }
  return offered
    .filter((tool) => enabled.length === 0 || enabled.includes(tool.name))
    .map(toMcpTool);
}

export function unknownTool(
  serverName: string,
  name: string,
  names: readonly string[],
): StigmerError {
  const nearest = nearestName(name, names);
  const guess = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  return new StigmerError("not-found", `MCP server "${serverName}" has no tool "${name}"${guess}`, {
    hint: `stigmer mcp tools ${serverName}`,
  });
}

/** A hint that is absent counts as the unsafe answer, as the specification says. */
function toMcpTool(tool: Tool): McpTool {
  const { annotations } = tool;
  return {
    name: tool.name,
    title: tool.title ?? annotations?.title,
    description: tool.description ?? "",
    inputSchema: tool.inputSchema,
    readOnly: annotations?.readOnlyHint === true,
    idempotent: annotations?.idempotentHint === true,
  };
}
