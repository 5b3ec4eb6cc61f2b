import type { CommandSpec } from "../command-spec.ts";
import { pageOf } from "./results.ts";

/** Moves everything that users wrote from one data folder to another. */
export const transferCommands: readonly CommandSpec[] = [
  {
    path: ["export"],
    summary: "Write what users wrote to stdout, as a file for import",
    description:
      "YAML unless -o says json or jsonl. References are slugs; ids, status and keys are left out. What has to be supplied where it is imported is listed on stderr.",
    arguments: [
      {
        name: "KIND",
        summary: "agent, mcpserver, environment, skill, workflow or schedule",
        optional: true,
        repeated: true,
        complete: "kind",
      },
    ],
    flags: [
      { name: "all", type: "boolean", summary: "Every kind" },
      {
        name: "label",
        short: "l",
        type: "string",
        value: "K=V",
        repeated: true,
        summary: "Only resources with this label",
      },
      {
        name: "include-history",
        type: "string",
        value: "FILE.tar.zst",
        complete: "file",
        summary: "Write sessions, ended executions and their artifacts to this file",
      },
    ],
    examples: [
      { line: "stigmer export --all > stigmer-resources.yaml", meaning: "everything" },
      { line: "stigmer export agent -l team=a -o jsonl", meaning: "a document a line" },
      {
        line: "stigmer export --all --include-history all.tar.zst > all.yaml",
        meaning: "and what was said and done",
      },
    ],
    result: pageOf("resource"),
    load: async () => (await import("../commands/export.ts")).exportResources,
  },
  {
    path: ["import"],
    summary: "Make the stored resources what an export says",
    description:
      "All of it or nothing, as apply does: what is there already is updated, what the file does not name stays. Nothing is started, and schedules are held until they are applied or updated here.",
    flags: [
      {
        name: "file",
        short: "f",
        type: "string",
        value: "FILE|-",
        complete: "file",
        defaultText: "stdin",
        summary: "What export wrote: YAML, JSON or JSON lines",
      },
      {
        name: "from",
        type: "string",
        value: "MCP.JSON",
        complete: "file",
        summary: "The MCP servers of another program; secrets in it are not stored",
      },
      {
        name: "include-history",
        type: "string",
        value: "FILE.tar.zst",
        complete: "file",
        summary: "Also import sessions and executions that export wrote",
      },
      { name: "dry-run", type: "boolean", summary: "Say what would change, change nothing" },
    ],
    examples: [
      { line: "stigmer import < stigmer-resources.yaml", meaning: "what export wrote" },
      { line: "stigmer import -f other.yaml --dry-run", meaning: "see what it would change" },
      { line: "stigmer import --from .cursor/mcp.json", meaning: "the MCP servers of an editor" },
    ],
    result: {
      form: "item",
      of: "import-report",
      lines: ["ai.stigmer.agentic.resourceset.v1.ResourceChange"],
    },
    load: async () => (await import("../commands/import.ts")).importResources,
  },
];
