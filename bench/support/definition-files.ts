import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A file for each definition: nine agents, and the MCP server that they use. Returns the folder. */
export function writeDefinitionFiles(folder: string, count: number, version: number): string {
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    writeFileSync(join(folder, `item-${index}.yaml`), definitionText(index, version));
  }
  return folder;
}

/** The same in one file. Returns its path. */
export function writeDefinitionStream(path: string, count: number): string {
  const documents = Array.from({ length: count }, (_, index) => definitionText(index, 1));
  writeFileSync(path, documents.join("---\n"));
  return path;
}

function definitionText(index: number, version: number): string {
  return index % 10 === 0 ? serverText(index, version) : agentText(index, version);
}

function serverText(index: number, version: number): string {
  return `apiVersion: agentic.stigmer.ai/v1
kind: McpServer
metadata:
  slug: item-${index}
  labels: { app: bench }
spec:
  description: Server ${index}, version ${version}.
  stdio:
    command: serve
    args: [--port, "${index}"]
`;
}

function agentText(index: number, version: number): string {
  return `apiVersion: agentic.stigmer.ai/v1
kind: Agent
metadata:
  name: Item ${index}
  slug: item-${index}
  labels: { app: bench }
spec:
  description: Agent ${index}, version ${version}.
  instructions: |
    You review what you are given. Be brief, be kind, and name the line.
    ${"Rules apply to everything that you read. ".repeat(10)}
  model: script/echo
  mcpServers:
    - ref: item-${Math.floor(index / 10) * 10}
  limits: { maxTurns: 10 }
`;
}
