import { describe, expect, test } from "bun:test";
import { toJson } from "@bufbuild/protobuf";
import { StigmerError } from "../../../contract/errors.ts";
import {
  type McpServer,
  McpServerSchema,
} from "../../../contract/gen/ai/stigmer/agentic/mcpserver/v1/api_pb.ts";
import { readMcpJson, type ServerReport } from "./read-mcp-json.ts";

/** What becomes of one server: its spec and what is said of it. */
function carried(entry: object, rest: object = {}): { spec: unknown; notes: readonly string[] } {
  const { manifest, report } = readMcpJson(
    "mcp.json",
    JSON.stringify({ mcpServers: { "My Server": entry }, ...rest }),
  );
  const value = manifest[0]?.document.resource.value as McpServer | undefined;
  const json = value && (toJson(McpServerSchema, value) as { spec: unknown });
  return { spec: json?.spec, notes: report[0]?.notes ?? [] };
}

const notesOf = (report: readonly ServerReport[]): string[] =>
  report.map(
    ({ server, carried: isCarried, notes }) => `${server} ${isCarried} ${notes.join("; ")}`,
  );

describe("a server over stdio", () => {
  test("is carried over as it is", () => {
    const entry = {
      command: "npx",
      args: ["-y", "server", "/tmp"],
      env: { REGION: "eu" },
      cwd: "/x",
    };
    expect(carried(entry)).toEqual({
      spec: {
        stdio: {
          command: "npx",
          args: ["-y", "server", "/tmp"],
          env: { REGION: "eu" },
          workingDirectory: "/x",
        },
      },
      notes: [],
    });
  });

  test("gives up its secrets for variables", () => {
    const env = {
      GITHUB_TOKEN: "abc",
      OTHER: "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
      PORT: "80",
    };
    const { spec, notes } = carried({ command: "serve", env });
    expect(spec).toEqual({
      stdio: {
        command: "serve",
        env: { GITHUB_TOKEN: "${GITHUB_TOKEN}", OTHER: "${OTHER}", PORT: "80" },
      },
      variables: [
        { name: "GITHUB_TOKEN", required: true },
        { name: "OTHER", required: true },
      ],
    });
    expect(notes).toEqual([
      "env.GITHUB_TOKEN looks like a secret: its value is not kept, supply GITHUB_TOKEN",
      "env.OTHER looks like a secret: its value is not kept, supply OTHER",
    ]);
  });

  test("has its placeholders in our form", () => {
    const env = {
      A: "${env:TOKEN_OF_A}",
      B: "${B_KEY}",
      C: "x-${C:-1}",
      D: "${workspaceFolder}/d",
    };
    const { spec, notes } = carried({ command: "serve", env: { ...env, E: "${command:a.b}" } });
    expect(spec).toMatchObject({
      stdio: {
        env: {
          A: "${TOKEN_OF_A}",
          B: "${B_KEY}",
          C: "x-${C}",
          D: "${workspaceFolder}/d",
          E: "${command:a.b}",
        },
      },
      variables: ["TOKEN_OF_A", "B_KEY", "C", "workspaceFolder"].map((name) => ({
        name,
        required: true,
      })),
    });
    expect(notes).toEqual([
      "env.C: the default of C is left out",
      "env.E: ${command:a.b} is left as it is, nothing fills it in",
    ]);
  });

  test("is left out when a secret is an argument, which nothing fills in", () => {
    for (const args of [
      ["--api-key", "abc"],
      ["--header", "Authorization: Bearer abc"],
      ["-e", "SERVICE_API_KEY=abc"],
    ]) {
      const { spec, notes } = carried({ command: "serve", args });
      expect(spec).toBeUndefined();
      expect(notes.join()).toContain("args[1] looks like a secret");
      expect(notes.join()).not.toContain("abc");
    }
  });
});

describe("a server over HTTP", () => {
  test("is carried over, and what stands behind the scheme of a header is its secret", () => {
    const headers = { Authorization: "Bearer abc", "X-Region": "eu", Cookie: "${env:COOKIE}" };
    const { spec, notes } = carried({ type: "http", url: "https://example.com/mcp", headers });
    expect(spec).toEqual({
      http: {
        url: "https://example.com/mcp",
        headers: {
          Authorization: "Bearer ${MY_SERVER_AUTHORIZATION}",
          "X-Region": "eu",
          Cookie: "${COOKIE}",
        },
      },
      variables: [
        { name: "MY_SERVER_AUTHORIZATION", required: true },
        { name: "COOKIE", required: true },
      ],
    });
    expect(notes).toHaveLength(1);
  });

  test.each([
    [{ type: "sse", url: "https://example.com/sse" }, "SSE"],
    [{ url: "https://example.com/mcp?api_key=abc" }, "url"],
    [{ note: "nothing" }, "neither"],
    ["text", "no object"],
  ])("that cannot be carried is left out, and why: %j", (entry, reason) => {
    const { spec, notes } = carried(entry as object);
    expect(spec).toBeUndefined();
    expect(notes.join()).toContain(reason);
  });

  test.each(["url", "serverUrl", "httpUrl"])("has its address in %s", (field) => {
    expect(carried({ [field]: "https://example.com/mcp" }).spec).toMatchObject({
      http: { url: "https://example.com/mcp" },
    });
  });
});

test("everything else is told of", () => {
  const entry = { command: "serve", disabled: true, timeout: 5, autoApprove: ["a"], oauth: {} };
  expect(carried(entry).notes).toEqual([
    "disabled is left out: agents use only servers that they name",
    "timeout is left out",
    "autoApprove is left out",
    "oauth is left out",
  ]);
});

test("inputs of VS Code are variables with their description", () => {
  const text = `{
    // as the editor writes it
    "inputs": [{ "type": "promptString", "id": "api-key", "description": "The key", "password": true }],
    "servers": { "a": { "type": "stdio", "command": "serve", "env": { "KEY": "\${input:api-key}" }, }, },
  }`;
  const { manifest, report } = readMcpJson("mcp.json", text);
  const spec = (manifest[0]?.document.resource.value as McpServer | undefined)?.spec;
  expect(spec?.variables).toMatchObject([
    { name: "API_KEY", description: "The key", required: true },
  ]);
  expect(spec?.transport.value).toMatchObject({ env: { KEY: "${API_KEY}" } });
  expect(notesOf(report)).toEqual(["a true "]);
});

test("two secrets of one name are two variables, the same secret is one", () => {
  const server = (key: string) => ({ command: "serve", env: { API_KEY: key } });
  const { manifest } = readMcpJson(
    "mcp.json",
    JSON.stringify({ mcpServers: { one: server("x1y"), two: server("x2y"), "3": server("x1y") } }),
  );
  const names = manifest.map(({ document }) =>
    (document.resource.value as McpServer).spec?.variables.map(({ name }) => name).join(),
  );
  // Names of digits come first in any JSON object.
  expect(names).toEqual(["API_KEY", "API_KEY", "TWO_API_KEY"]);
});

test.each([
  ["{", "no JSON"],
  ["[]", "no JSON object"],
  ['{"a": 1}', 'no "mcpServers"'],
  ["[".repeat(100_000), "mcp.json"],
])("what is no such file is refused: %.20j", (text, reason) => {
  try {
    readMcpJson("mcp.json", text);
    expect.unreachable();
  } catch (thrown) {
    if (!(thrown instanceof StigmerError)) throw thrown;
    expect(thrown.code).toBe("invalid-argument");
    expect(thrown.message).toContain(reason);
  }
});
