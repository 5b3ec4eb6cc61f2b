import {
  type McpServer,
  McpServerSchema,
} from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/api_pb.ts";
import { definitionKind } from "./definition-kind.ts";
import { pairsText } from "./metadata-columns.ts";

export const mcpServerKind = definitionKind(McpServerSchema, {
  word: "MCP server",
  plural: "MCP servers",
  columns: [
    { title: "TRANSPORT", value: ({ spec }) => spec?.transport.case ?? "" },
    { title: "COMMAND OR URL", value: targetOf, flexible: true },
  ],
  fields: fieldsOf,
});

function fieldsOf(server: McpServer): (readonly [string, string])[] {
  const { spec } = server;
  const transport = spec?.transport;
  return [
    ["description", spec?.description ?? ""],
    [transport?.case === "http" ? "url" : "command", targetOf(server)],
    ["env", transport?.case === "stdio" ? pairsText(transport.value.env) : ""],
    ["folder", transport?.case === "stdio" ? transport.value.workingDirectory : ""],
    ["headers", transport?.case === "http" ? Object.keys(transport.value.headers).join(", ") : ""],
    ["variables", spec?.variables.map(({ name }) => name).join(", ") ?? ""],
    ["tools", spec?.enabledTools.join(", ") ?? ""],
  ];
}

function targetOf({ spec }: McpServer): string {
  const transport = spec?.transport;
  if (transport?.case === "http") return transport.value.url;
  if (transport?.case !== "stdio") return "";
  return [transport.value.command, ...transport.value.args].map(shellWord).join(" ");
}

/** Quoted where a shell would take it apart. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
