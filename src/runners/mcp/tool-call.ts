import type { CallToolResult } from "@modelcontextprotocol/client";
import { StigmerError } from "../../contract/errors.ts";
import type { McpConnection } from "./connection.ts";
import type { RequestLimits } from "./interruption.ts";
import { interruption, sdkErrorCodeOf } from "./interruption.ts";
import type { McpTool } from "./mcp-tool.ts";
import { printableText } from "./printable-text.ts";
import type { ToolResult } from "./tool-result.ts";
import { toolError, toToolResult } from "./tool-result.ts";

export interface ToolCall {
  readonly serverName: string;
  readonly tool: McpTool;
  readonly args: Record<string, unknown>;
  readonly idempotencyKey: string | undefined;
}

export type CallOutcome =
  | { readonly kind: "answered"; readonly result: ToolResult }
  /** The connection is gone; the call did not run, or may run twice. */
  | { readonly kind: "repeatable"; readonly error: StigmerError };

/** Where the idempotency key of a call stands in its `_meta`. */
const idempotencyKeyField = "stigmer.ai/idempotency-key";

/**
 * Sends one call over one connection.
 *
 * @throws StigmerError when the call must not be repeated, see `McpSession.call`
 */
export async function sendToolCall(
  connection: McpConnection,
  call: ToolCall,
  limits: RequestLimits,
): Promise<CallOutcome> {
  try {
    return { kind: "answered", result: toToolResult(await request(connection, call, limits)) };
  } catch (thrown) {
    const what = `tool "${call.tool.name}" of MCP server "${call.serverName}"`;
    const interrupted = interruption(thrown, what, limits);
    if (interrupted !== undefined) throw interrupted;
    const told = await answerForModel(thrown);
    if (told !== undefined) return { kind: "answered", result: told };
    const failure = connection.explain(thrown);
    // So that the calls that still wait on it learn of it, and the next one gets a new connection.
    if (failure.lost) await connection.client.close();
    if (failure.mayHaveRun && !isSafe(call.tool)) throw outcomeUnknown(what, failure.error);
    if (!failure.lost) throw failure.error;
    return { kind: "repeatable", error: failure.error };
  }
}

function request(
  connection: McpConnection,
  { tool, args, idempotencyKey }: ToolCall,
  limits: RequestLimits,
): Promise<CallToolResult> {
  const meta = idempotencyKey === undefined ? {} : { [idempotencyKeyField]: idempotencyKey };
  return connection.client.callTool(
    { name: tool.name, arguments: args, _meta: meta },
    {
      ...limits,
      // Without an output schema the SDK does not throw away the result of a call that has run
      // because it does not match a schema, which comes from the same server anyway.
      toolDefinition: { name: tool.name, inputSchema: { ...tool.inputSchema, type: "object" } },
    },
  );
}

/** Refusals of the server that the model can do something about. */
async function answerForModel(thrown: unknown): Promise<ToolResult | undefined> {
  const { ProtocolError } = await import("@modelcontextprotocol/client");
  if (ProtocolError.isInstance(thrown)) return toolError(printableText(thrown.message));
  if (sdkErrorCodeOf(thrown) !== "UNSUPPORTED_RESULT_TYPE") return undefined;
  return toolError("the tool asked a person for input, which is declined");
}

/** Whether a call may run twice, by the server's own word. */
function isSafe(tool: McpTool): boolean {
  return tool.readOnly || tool.idempotent;
}

function outcomeUnknown(what: string, error: StigmerError): StigmerError {
  return new StigmerError("data-loss", `outcome unknown: ${what} may have run. ${error.message}`, {
    hint: "check whether it took effect before calling it again",
    cause: error,
  });
}
