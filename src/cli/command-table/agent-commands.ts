import type { CommandSpec, FlagSpec } from "../command-spec.ts";
import { executedResult, itemOf, itemsOf, pageOf, resultTypes } from "./results.ts";
import { executeFlags } from "./execute-flags.ts";
import {
  cascadeFlag,
  environmentFlag,
  labelFlag,
  outputSchemaFlag,
  pagingFlags,
} from "./shared-flags.ts";

const definitionFlags: readonly FlagSpec[] = [
  {
    name: "instructions",
    short: "i",
    type: "string",
    value: "TEXT|@FILE",
    complete: "text-or-file",
    summary: "What the model is told first; @FILE reads a file, - reads stdin",
  },
  {
    name: "model",
    short: "m",
    type: "string",
    value: "PROVIDER/MODEL",
    summary: "Model; without one the default model answers",
  },
  {
    name: "mcp",
    type: "string",
    value: "SERVER[:TOOL,…]",
    repeated: true,
    complete: "mcp",
    summary: "MCP server it uses, with all or some of its tools",
  },
  {
    name: "skill",
    type: "string",
    value: "NAME[@VERSION]",
    repeated: true,
    complete: "skill",
    summary: "Skill it may use; with a version always that one",
  },
  environmentFlag,
  outputSchemaFlag,
  {
    name: "max-turns",
    type: "integer",
    value: "N",
    summary: "Answers of the model; 0 for the default",
  },
  {
    name: "max-tool-calls",
    type: "integer",
    value: "N",
    summary: "Calls of tools in one execution; 0 for the default",
  },
  {
    name: "max-time",
    type: "duration",
    value: "DURATION",
    summary: "Time of one execution, waiting included; 0s for the default",
  },
  { name: "description", type: "string", value: "TEXT", summary: "What it is for" },
  labelFlag,
];

const agentArgument = { name: "NAME", summary: "Name, slug or id", complete: "agent" } as const;

export const agentCommands: readonly CommandSpec[] = [
  {
    path: ["agent", "create"],
    summary: "Create an agent",
    arguments: [{ name: "NAME", summary: "Name of the new agent" }],
    flags: definitionFlags,
    examples: [
      {
        line: 'stigmer agent create reviewer --instructions "You review diffs. Be brief."',
        meaning: "an agent with the default model",
      },
      {
        line: "stigmer agent create clerk --instructions @clerk.md --model ollama/qwen3:8b --mcp files:read_file,list_directory",
        meaning: "instructions from a file, a local model, two tools of the MCP server files",
      },
    ],
    result: itemOf(resultTypes.agent),
    load: async () => (await import("../commands/agent.ts")).createAgent,
  },
  {
    path: ["agent", "get"],
    summary: "Show an agent",
    arguments: [agentArgument],
    examples: [{ line: "stigmer agent get reviewer -o yaml", meaning: "the whole definition" }],
    result: itemOf(resultTypes.agent),
    load: async () => (await import("../commands/agent.ts")).getAgent,
  },
  {
    path: ["agent", "list"],
    summary: "List agents",
    flags: pagingFlags,
    examples: [{ line: "stigmer agent list -l team=payments", meaning: "those with this label" }],
    result: pageOf(resultTypes.agent),
    load: async () => (await import("../commands/agent.ts")).listAgents,
  },
  {
    path: ["agent", "update"],
    summary: "Change an agent",
    description:
      "Only what is given changes. A repeated flag replaces the whole list; an empty value empties it.",
    arguments: [agentArgument],
    flags: definitionFlags,
    examples: [
      { line: "stigmer agent update reviewer --model openai/gpt-5", meaning: "another model" },
      { line: 'stigmer agent update reviewer --mcp ""', meaning: "no MCP servers any more" },
    ],
    result: itemOf(resultTypes.agent),
    load: async () => (await import("../commands/agent.ts")).updateAgent,
  },
  {
    path: ["agent", "delete"],
    summary: "Delete agents",
    description: "Executions keep the revision they were started with.",
    arguments: [{ ...agentArgument, repeated: true }],
    flags: [cascadeFlag],
    examples: [{ line: "stigmer agent delete reviewer clerk", meaning: "both" }],
    result: itemsOf(resultTypes.agent),
    load: async () => (await import("../commands/agent.ts")).deleteAgents,
  },
  {
    path: ["agent", "execute"],
    summary: "Run an agent and print its answer",
    description:
      "The answer goes to stdout while it is written, everything else to stderr. Ctrl-C cancels the execution; a closed terminal leaves it running.",
    arguments: [
      { ...agentArgument, optional: true },
      {
        name: "MESSAGE",
        summary: "What to say; a trailing - appends stdin",
        optional: true,
        repeated: true,
      },
    ],
    flags: [
      {
        name: "file",
        short: "f",
        type: "string",
        value: "FILE|-",
        complete: "file",
        summary: "Run the agent of this file without storing it, in place of NAME",
      },
      ...executeFlags,
    ],
    examples: [
      { line: 'stigmer agent execute reviewer "hello"', meaning: "one question, one answer" },
      {
        line: 'git diff | stigmer agent execute reviewer "review this" -',
        meaning: "the message and what comes from the pipe",
      },
      {
        line: 'stigmer agent execute reviewer --session @last "and the tests?"',
        meaning: "go on with the last conversation",
      },
      {
        line: 'stigmer agent execute reviewer "hello" -o json --timeout 2m',
        meaning: "the finished execution as JSON; cancelled after two minutes",
      },
      {
        line: 'stigmer agent execute -f agents/draft.yaml "hello"',
        meaning: "try a definition before it is stored",
      },
      {
        line: "stigmer agent execute clerk 'total of invoice 7?' --output-schema total.json | jq .total",
        meaning: "an answer that satisfies a JSON Schema",
      },
    ],
    streams: true,
    deadline: "own",
    result: executedResult,
    load: async () => (await import("../commands/agent.ts")).executeAgent,
  },
];
