/** An MCP server over stdio whose one tool does nothing. It uses no library, so that it costs nothing. */
import { createInterface } from "node:readline";

interface Request {
  readonly id?: number;
  readonly method: string;
}

const tool = {
  name: "nothing",
  inputSchema: { type: "object" },
  annotations: { readOnlyHint: true },
};

const results: Readonly<Record<string, object>> = {
  initialize: {
    serverInfo: { name: "silent", version: "1" },
    protocolVersion: "2025-11-25",
    capabilities: { tools: {} },
  },
  "tools/list": { tools: [tool] },
  "tools/call": { content: [{ type: "text", text: "" }] },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method } = JSON.parse(line) as Request;
  if (id === undefined) return;
  const result = results[method] ?? {};
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
});
