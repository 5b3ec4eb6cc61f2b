import type { Json } from "../../../../contract/json.ts";
import type { McpCall } from "../../../../workflow/definition/call.ts";
import { durationMs } from "../../../../workflow/definition/duration.ts";
import { connectServer } from "../../../mcp/connect-server.ts";
import { interruption } from "../../../mcp/interruption.ts";
import { printableText } from "../../../mcp/printable-text.ts";
import type { McpServerDefinition } from "../../../mcp/server-definition.ts";
import {
  isServerMethod,
  refusalOf,
  sendRequest,
  serverMethods,
} from "../../../mcp/server-request.ts";
import { standardFailure, WorkflowFailure } from "../../workflow-failure.ts";
import type { CallPlace } from "../../workflow-host.ts";
import type { CallHost } from "../call-host.ts";
import { evaluateMap } from "../evaluate-parameters.ts";
import { guardedCall, type RunningCall } from "../guarded-call.ts";
import { writtenServer } from "./written-server.ts";

/**
 * `call: mcp`: one request to a server of the definition or a stored one; the output is its result.
 * The connection lives as long as the call. A tool that reports an error is an error.
 *
 * @throws WorkflowFailure authorization without consent to a program of the definition
 */
export function callMcp(call: McpCall, place: CallPlace, host: CallHost): Promise<Json> {
  return guardedCall(place, host, async (running) => {
    const { scope, effect } = running;
    const { method } = call;
    if (!isServerMethod(method)) throw unknownMethod(method);
    const parameters = evaluateMap(call.parameters, scope, "the parameters");
    const { name, transport } = await serverOf(call, running);
    const timeout = call.timeout ? durationMs(call.timeout, scope) : host.limits.timeoutMs;
    await using connection = await connectServer(name, transport, host.mcp, effect.signal);
    const limits = { signal: effect.signal, timeout };
    const what = `${call.method} of MCP server "${name}"`;
    try {
      return checked(
        await sendRequest(connection.client, { method, parameters }, limits),
        what,
        host,
      );
    } catch (thrown) {
      throw (
        interruption(thrown, what, limits) ??
        (await refusalFailure(thrown, what)) ??
        (thrown instanceof WorkflowFailure ? thrown : connection.explain(thrown).error)
      );
    }
  });
}

function unknownMethod(method: string): Error {
  const known = serverMethods.join(", ");
  return standardFailure("configuration", `there is no method "${method}"; there are ${known}`);
}

async function serverOf(
  call: McpCall,
  running: RunningCall,
): Promise<Omit<McpServerDefinition, "enabledTools">> {
  if (call.server !== undefined) return running.host.mcpServer(call.server);
  if (call.transport) return writtenServer(call.transport, running);
  throw standardFailure("configuration", "the call names no MCP server");
}

function checked(result: unknown, what: string, { limits }: CallHost): Json {
  const text = JSON.stringify(result);
  if (text.length > limits.responseBytes) {
    throw standardFailure(
      "communication",
      `${what} gave ${text.length} bytes, more than the setting calls.maxResponseBytes allows`,
    );
  }
  const answer = JSON.parse(text) as Json;
  if (
    typeof answer !== "object" ||
    answer === null ||
    !("isError" in answer) ||
    answer.isError !== true
  )
    return answer;
  const parts = "content" in answer && Array.isArray(answer.content) ? answer.content : [];
  const said = parts.map((part: { readonly text?: string }) => part.text ?? "").join(" ");
  throw standardFailure("runtime", `${what} failed: ${printableText(said).slice(0, 1000)}`, {
    title: "Tool error",
  });
}

const invalidParameters = -32_602;

/** What a server answers in place of a result. */
async function refusalFailure(thrown: unknown, what: string): Promise<Error | undefined> {
  const refusal = await refusalOf(thrown);
  if (!refusal) return undefined;
  const name = refusal.code === invalidParameters ? "validation" : "runtime";
  const said = printableText(refusal.message).slice(0, 1000);
  return standardFailure(name, `${what} was refused: ${said}`);
}
