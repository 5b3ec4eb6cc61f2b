/**
 * An MCP server over stdio with one tool, `append`, that writes a line to the file it is given as
 * its argument: `bun ledger-server.ts FILE`. The tool says nothing about being safe to repeat, so
 * a call is made once or the model is told that its outcome is unknown.
 */
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

interface Request {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly arguments?: { readonly line?: unknown } };
}

const file = process.argv[2];
if (file === undefined) throw new Error("usage: ledger-server.ts FILE");

const tool = {
  name: "append",
  description: "Appends one line to the ledger.",
  inputSchema: {
    type: "object",
    properties: { line: { type: "string" } },
    required: ["line"],
  },
};

createInterface({ input: process.stdin }).on("line", (text) => {
  const request = JSON.parse(text) as Request;
  // Notifications have no id and get no answer.
  if (request.id === undefined) return;
  const result = answer(request, file);
  const outcome = result ?? { error: { code: -32_601, message: `no method ${request.method}` } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: request.id, ...outcome })}\n`);
});

function answer(request: Request, ledger: string): { readonly result: object } | undefined {
  switch (request.method) {
    case "initialize":
      return {
        result: {
          protocolVersion: "2025-06-18",
          capabilities: { tools: {} },
          serverInfo: { name: "ledger", version: "1.0.0" },
        },
      };
    case "tools/list":
      return { result: { tools: [tool] } };
    case "tools/call": {
      const line = String(request.params?.arguments?.line);
      appendFileSync(ledger, `${line}\n`);
      return { result: { content: [{ type: "text", text: `written: ${line}` }] } };
    }
    case "ping":
      return { result: {} };
    default:
      return undefined;
  }
}
