import { type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import type { ToolResult } from "../../contract/gen/ai/stigmer/commons/execution/v1/tool_result_pb.ts";
import { McpServerCommandController } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/command_pb.ts";
import { McpServerQueryController } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/query_pb.ts";
import type { McpServerSpecSchema } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import {
  CallToolResponseSchema,
  type Tool,
  ToolSchema,
} from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/tool_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { exitCodes } from "../exit-codes.ts";
import { parseKeyValues } from "../input/key-values.ts";
import { readText } from "../input/read-text.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput, itemOutput, textOutput } from "../output/item-output.ts";
import { listOutput } from "../output/list-output.ts";
import type { View } from "../output/output.ts";
import { toolResultText } from "../output/tool-result-text.ts";
import { deleteResources } from "../resources/delete-resources.ts";
import { listResources } from "../resources/list-resources.ts";
import { mcpServerKind } from "../resources/mcp-server-kind.ts";
import { newRequestId } from "../resources/request-id.ts";
import { nameOf } from "../resources/resource-kind.ts";

/** A job in a runner may first download the server's package. */
const jobTimeoutMs = 170_000;

export async function addMcpServer(
  invocation: Invocation,
  { daemon, terminal }: CommandContext,
): Promise<CommandResult> {
  const name = invocation.argument("NAME");
  const labels = parseKeyValues(invocation.texts("label"), "--label");
  const server = await daemon.call(
    McpServerCommandController.method.create,
    { metadata: { name, labels }, spec: specOf(invocation) },
    { metadata: newRequestId() },
  );
  const slug = nameOf(server);
  terminal.notice(`Its tools: stigmer mcp tools ${slug}`);
  const sentence = `MCP server ${slug} added`;
  return { output: changeOutput(mcpServerKind.view, [server], () => sentence) };
}

export async function listMcpServers(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await listResources(mcpServerKind, invocation, context);
}

export async function getMcpServer(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const server = await mcpServerKind.get(daemon, invocation.argument("NAME"));
  return { output: itemOutput(mcpServerKind.view, server) };
}

export async function listMcpTools(
  invocation: Invocation,
  { daemon, terminal }: CommandContext,
): Promise<CommandResult> {
  const request = {
    mcpServer: invocation.argument("NAME"),
    environmentRefs: [...invocation.texts("environment")],
  };
  terminal.progress(`Asking ${request.mcpServer} …`);
  const { items } = await daemon.call(McpServerQueryController.method.listTools, request, {
    timeoutMs: jobTimeoutMs,
  });
  if (items.length === 0) terminal.notice(`${request.mcpServer} offers no tools.`);
  return { output: listOutput(toolView, { items, nextCursor: "" }) };
}

/** Prints what the tool answered; exit 1 when the tool says that it failed. */
export async function callMcpTool(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const request = {
    mcpServer: invocation.argument("NAME"),
    tool: invocation.argument("TOOL"),
    arguments: await readText(invocation.optionalArgument("JSON|@FILE|-") ?? "{}", context),
    environmentRefs: [...invocation.texts("environment")],
  };
  context.terminal.progress(`Calling ${request.tool} of ${request.mcpServer} …`);
  const answer = await context.daemon.call(McpServerCommandController.method.callTool, request, {
    timeoutMs: invocation.durationMs("timeout") ?? jobTimeoutMs,
  });
  if (answer.result?.isError === true) context.terminal.warn(`${request.tool} failed`);
  return {
    output: textOutput(textOf(answer.result), toJson(CallToolResponseSchema, answer)),
    exitCode: answer.result?.isError === true ? exitCodes.failed : exitCodes.done,
  };
}

export async function deleteMcpServers(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const names = invocation.arguments("NAME");
  return await deleteResources(mcpServerKind, names, { invocation, context });
}

function textOf(result: ToolResult | undefined): string {
  const text = result ? toolResultText(result) : "";
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function specOf(invocation: Invocation): MessageInitShape<typeof McpServerSpecSchema> {
  return {
    description: invocation.text("description") ?? "",
    transport: transportOf(invocation),
    enabledTools: [...invocation.texts("tool")],
    variables: declaredVariables(invocation),
  };
}

type TransportInit = NonNullable<MessageInitShape<typeof McpServerSpecSchema>["transport"]>;

function transportOf(invocation: Invocation): TransportInit {
  const url = invocation.text("url");
  const image = invocation.text("docker");
  const [command, ...args] = invocation.arguments("COMMAND");
  if (image !== undefined) return dockerTransport(image, invocation);
  if (url !== undefined && command !== undefined) throw oneTransport("--url and a command");
  if (url !== undefined) {
    const headers = parseKeyValues(invocation.texts("header"), "--header");
    return { case: "http", value: { url, headers } };
  }
  if (command === undefined) throw oneTransport("neither --url, --docker nor a command");
  const workingDirectory = invocation.text("cwd") ?? "";
  return {
    case: "stdio",
    value: { command, args, env: environmentOf(invocation), workingDirectory },
  };
}

/** Behind `--` stand the arguments of the container, so none can be an option of the engine. */
function dockerTransport(image: string, invocation: Invocation): TransportInit {
  if (invocation.has("url")) throw oneTransport("--url and --docker");
  if (invocation.has("cwd")) {
    throw new StigmerError("usage", "--cwd has no meaning in a container.", {
      hint: "Write spec.transport.docker.mounts in a file: stigmer apply -f FILE",
    });
  }
  const args = [...invocation.arguments("COMMAND")];
  return { case: "docker", value: { image, args, env: environmentOf(invocation) } };
}

function environmentOf(invocation: Invocation): Record<string, string> {
  const given = invocation.texts("env").filter((text) => text.includes("="));
  return {
    ...Object.fromEntries(namesOnly(invocation).map((name) => [name, `\${${name}}`])),
    ...parseKeyValues(given, "--env"),
  };
}

function declaredVariables(invocation: Invocation): { name: string; required: boolean }[] {
  return namesOnly(invocation).map((name) => ({ name, required: true }));
}

/** `--env NAME`: the value comes from the environments that are bound to an execution. */
function namesOnly(invocation: Invocation): string[] {
  return invocation.texts("env").filter((text) => !text.includes("="));
}

function oneTransport(found: string): StigmerError {
  return new StigmerError("usage", `An MCP server has one way to reach it; there is ${found}.`, {
    hint: "stigmer mcp add NAME -- COMMAND [ARG…], --url URL, or --docker IMAGE [-- ARG…]",
  });
}

const toolView: View<Tool> = {
  columns: [
    { title: "TOOL", value: ({ name }) => name },
    { title: "CHANGES", value: ({ readOnly }) => (readOnly ? "nothing" : "") },
    { title: "DESCRIPTION", value: ({ description }) => description, flexible: true },
    { title: "ARGUMENTS", value: ({ inputSchema }) => inputSchema, wide: true, flexible: true },
  ],
  name: ({ name }) => name,
  json: (tool) => toJson(ToolSchema, tool),
};
