import type { CommandGroup, CommandSpec } from "./command-spec.ts";
import { agentCommands } from "./command-table/agent-commands.ts";
import { contextCommands } from "./command-table/context-commands.ts";
import { transferCommands } from "./command-table/transfer-commands.ts";
import { fileCommands } from "./command-table/file-commands.ts";
import { executionCommands } from "./command-table/execution-commands.ts";
import { mcpCommands } from "./command-table/mcp-commands.ts";
import { modelCommands } from "./command-table/model-commands.ts";
import { projectCommands } from "./command-table/project-commands.ts";
import { environmentCommands, sessionCommands } from "./command-table/resource-commands.ts";
import { scheduleCommands } from "./command-table/schedule-commands.ts";
import { skillCommands } from "./command-table/skill-commands.ts";
import { workflowCommands } from "./command-table/workflow-commands.ts";
import { configCommands, localCommands, toolCommands } from "./command-table/system-commands.ts";
import { workflowTestCommands } from "./command-table/workflow-test-commands.ts";

/** Words that group commands, in the order of help. */
export const commandGroups: readonly CommandGroup[] = [
  { name: "agent", aliases: ["agents"], summary: "Define agents and run them" },
  { name: "workflow", aliases: ["workflows"], summary: "Durable workflows" },
  { name: "session", aliases: ["sessions"], summary: "Conversations with agents" },
  { name: "execution", aliases: ["executions"], summary: "What ran and what runs" },
  { name: "mcp", aliases: ["mcps"], summary: "MCP servers: the tools of agents" },
  { name: "skill", aliases: ["skills"], summary: "Knowledge that agents take up when needed" },
  { name: "schedule", aliases: ["schedules"], summary: "What starts by itself, and when" },
  { name: "environment", aliases: ["environments", "env"], summary: "Values bound to executions" },
  { name: "model", aliases: ["models"], summary: "Model providers and their keys" },
  { name: "context", aliases: ["contexts"], summary: "Whom commands talk to" },
  { name: "local", aliases: [], summary: "The daemon on this machine" },
  { name: "config", aliases: [], summary: "Settings" },
  { name: "dev", aliases: [], summary: "Tools for developing agents" },
];

/** Every command: parser, help and completion are made from it. */
export const commandTable: readonly CommandSpec[] = [
  ...agentCommands,
  ...workflowCommands,
  ...workflowTestCommands,
  ...sessionCommands,
  ...executionCommands,
  ...mcpCommands,
  ...skillCommands,
  ...scheduleCommands,
  ...environmentCommands,
  ...modelCommands,
  ...contextCommands,
  ...localCommands,
  ...configCommands,
  ...projectCommands,
  ...fileCommands,
  ...transferCommands,
  ...toolCommands,
];
