import type { CommandSpec, FlagSpec } from "../command-spec.ts";
import { itemOf, itemsOf, pageOf, resultTypes } from "./results.ts";
import {
  cascadeFlag,
  environmentFlag,
  jobDeadlineMs,
  labelFlag,
  pagingFlags,
  trustFlag,
} from "./shared-flags.ts";

const serverArgument = { name: "NAME", summary: "Name, slug or id", complete: "mcp" } as const;

const addFlags: readonly FlagSpec[] = [
  { name: "url", type: "string", value: "URL", summary: "Reach it over streamable HTTP" },
  {
    name: "docker",
    type: "string",
    value: "IMAGE",
    summary: "Run this image, with docker or podman",
  },
  {
    name: "header",
    type: "string",
    value: "K=V",
    repeated: true,
    summary: "HTTP header; ${NAME} takes a value of the bound environments",
  },
  {
    name: "env",
    type: "string",
    value: "K=V|K",
    repeated: true,
    summary: "Variable of the program; K alone comes from the bound environments",
  },
  {
    name: "tool",
    type: "string",
    value: "TOOL",
    repeated: true,
    summary: "Offer this tool only",
  },
  {
    name: "cwd",
    type: "string",
    value: "DIR",
    complete: "file",
    summary: "Folder the program starts in",
  },
  { name: "description", type: "string", value: "TEXT", summary: "What it is for" },
  labelFlag,
  trustFlag,
];

export const mcpCommands: readonly CommandSpec[] = [
  {
    path: ["mcp", "add"],
    summary: "Add an MCP server",
    description:
      "A program that speaks MCP over stdin and stdout, by itself or in a container, or a server with a URL. Typing the command is your consent to run exactly that.",
    arguments: [
      { name: "NAME", summary: "Prefix of its tools" },
      {
        name: "COMMAND",
        summary: "Program and its arguments, or those of the image, behind --",
        optional: true,
        repeated: true,
        afterDashes: true,
      },
    ],
    flags: addFlags,
    examples: [
      {
        line: "stigmer mcp add files -- npx -y @modelcontextprotocol/server-filesystem ~/notes",
        meaning: "a server from npm; needs no Node",
      },
      {
        line: "stigmer mcp add tracker --url https://mcp.example.com/mcp --header 'Authorization=Bearer ${TOKEN}'",
        meaning: "over HTTP, with a value of the bound environment",
      },
      {
        line: "stigmer mcp add github --docker ghcr.io/github/github-mcp-server --env GITHUB_PERSONAL_ACCESS_TOKEN",
        meaning: "in a container, with a variable of the bound environment",
      },
    ],
    result: itemOf(resultTypes.mcpServer),
    load: async () => (await import("../commands/mcp.ts")).addMcpServer,
  },
  {
    path: ["mcp", "list"],
    summary: "List MCP servers",
    flags: pagingFlags,
    examples: [{ line: "stigmer mcp list -o wide", meaning: "with ids and labels" }],
    result: pageOf(resultTypes.mcpServer),
    load: async () => (await import("../commands/mcp.ts")).listMcpServers,
  },
  {
    path: ["mcp", "get"],
    summary: "Show an MCP server",
    arguments: [serverArgument],
    examples: [{ line: "stigmer mcp get files", meaning: "the command it runs and what it needs" }],
    result: itemOf(resultTypes.mcpServer),
    load: async () => (await import("../commands/mcp.ts")).getMcpServer,
  },
  {
    path: ["mcp", "tools"],
    summary: "List the tools an MCP server offers",
    arguments: [serverArgument],
    flags: [environmentFlag, trustFlag],
    examples: [{ line: "stigmer mcp tools files -o name", meaning: "their names alone" }],
    deadline: jobDeadlineMs,
    result: pageOf("ai.stigmer.agentic.mcpserver.v1.Tool"),
    load: async () => (await import("../commands/mcp.ts")).listMcpTools,
  },
  {
    path: ["mcp", "call"],
    summary: "Call one tool of an MCP server",
    arguments: [
      serverArgument,
      { name: "TOOL", summary: "Name of the tool" },
      {
        name: "JSON|@FILE|-",
        summary: "Its arguments; without them {}",
        optional: true,
        complete: "text-or-file",
      },
    ],
    flags: [environmentFlag, trustFlag],
    examples: [
      {
        line: `stigmer mcp call files read_file '{"path":"notes.md"}'`,
        meaning: "the result as text; -o json for all of it",
      },
    ],
    deadline: jobDeadlineMs,
    result: itemOf("ai.stigmer.agentic.mcpserver.v1.CallToolResponse"),
    load: async () => (await import("../commands/mcp.ts")).callMcpTool,
  },
  {
    path: ["mcp", "delete"],
    summary: "Delete MCP servers",
    arguments: [{ ...serverArgument, repeated: true }],
    flags: [cascadeFlag],
    examples: [
      { line: "stigmer mcp delete files --cascade", meaning: "with the agents that use it" },
    ],
    result: itemsOf(resultTypes.mcpServer),
    load: async () => (await import("../commands/mcp.ts")).deleteMcpServers,
  },
];
