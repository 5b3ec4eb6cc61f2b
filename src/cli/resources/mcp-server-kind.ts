import {
  type McpServer,
  McpServerSchema,
} from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/api_pb.ts";
import type { DockerMount } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import { definitionKind } from "./definition-kind.ts";
import { pairsText } from "./metadata-columns.ts";

export const mcpServerKind = definitionKind(McpServerSchema, {
  word: "MCP server",
  plural: "MCP servers",
  columns: [
    { title: "TRANSPORT", value: ({ spec }) => spec?.transport.case ?? "" },
    { title: "COMMAND, IMAGE OR URL", value: targetOf, flexible: true },
  ],
  fields: fieldsOf,
});

function fieldsOf(server: McpServer): (readonly [string, string])[] {
  const { spec } = server;
  const transport = spec?.transport;
  return [
    ["description", spec?.description ?? ""],
    [targetNames[transport?.case ?? "stdio"], targetOf(server)],
    ["env", transport?.value && "env" in transport.value ? pairsText(transport.value.env) : ""],
    ["folder", transport?.case === "stdio" ? transport.value.workingDirectory : ""],
    [
      "mounts",
      transport?.case === "docker" ? transport.value.mounts.map(mountText).join("\n") : "",
    ],
    ["network", transport?.case === "docker" && transport.value.withoutNetwork ? "none" : ""],
    ["headers", transport?.case === "http" ? Object.keys(transport.value.headers).join(", ") : ""],
    ["variables", spec?.variables.map(({ name }) => name).join(", ") ?? ""],
    ["tools", spec?.enabledTools.join(", ") ?? ""],
  ];
}

const targetNames = { stdio: "command", docker: "image", http: "url" } as const;

function targetOf({ spec }: McpServer): string {
  const transport = spec?.transport;
  switch (transport?.case) {
    case "http":
      return transport.value.url;
    case "docker":
      return [transport.value.image, ...transport.value.args].map(shellWord).join(" ");
    case "stdio":
      return [transport.value.command, ...transport.value.args].map(shellWord).join(" ");
    default:
      return "";
  }
}

function mountText({ source, target, readOnly }: DockerMount): string {
  return `${source} at ${target}${readOnly ? ", read only" : ""}`;
}

/** Quoted where a shell would take it apart. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
