import { toJson } from "@bufbuild/protobuf";
import {
  type McpServer,
  McpServerSchema,
} from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/api_pb.ts";
import { McpServerCommandController } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/command_pb.ts";
import { McpServerQueryController } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/query_pb.ts";
import { renderFields } from "../output/render-fields.ts";
import { timeText } from "../output/time-text.ts";
import {
  idColumn,
  labelsColumn,
  nameColumn,
  pairsText,
  updatedColumn,
} from "./metadata-columns.ts";
import { nameOf, type ResourceKind } from "./resource-kind.ts";

export const mcpServerKind: ResourceKind<McpServer> = {
  word: "MCP server",
  plural: "MCP servers",
  list: (daemon, request) => daemon.call(McpServerQueryController.method.list, request),
  get: (daemon, reference) =>
    daemon.call(McpServerQueryController.method.getByReference, { reference }),
  remove: (daemon, value, options) =>
    daemon.call(McpServerCommandController.method.delete, { value }, options),
  view: {
    name: nameOf,
    json: (server) => toJson(McpServerSchema, server),
    columns: [
      nameColumn,
      { title: "TRANSPORT", value: ({ spec }) => spec?.transport.case ?? "" },
      { title: "COMMAND OR URL", value: targetOf, flexible: true },
      updatedColumn,
      { ...idColumn, wide: true },
      labelsColumn,
    ],
    describe: (server, style) => renderFields(fieldsOf(server), style),
  },
};

function fieldsOf(server: McpServer): (readonly [string, string])[] {
  const { metadata, spec, status } = server;
  const transport = spec?.transport;
  return [
    ["name", metadata?.name ?? ""],
    ["slug", metadata?.slug ?? ""],
    ["id", metadata?.id ?? ""],
    ["description", spec?.description ?? ""],
    [transport?.case === "http" ? "url" : "command", targetOf(server)],
    ["env", transport?.case === "stdio" ? pairsText(transport.value.env) : ""],
    ["folder", transport?.case === "stdio" ? transport.value.workingDirectory : ""],
    ["headers", transport?.case === "http" ? Object.keys(transport.value.headers).join(", ") : ""],
    ["variables", spec?.variables.map(({ name }) => name).join(", ") ?? ""],
    ["tools", spec?.enabledTools.join(", ") ?? ""],
    ["labels", pairsText(metadata?.labels ?? {})],
    ["updated", timeText(status?.audit?.updated?.at)],
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
