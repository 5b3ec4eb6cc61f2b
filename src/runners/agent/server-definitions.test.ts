import { describe, expect, test } from "bun:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { AgentSpecSchema } from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import {
  type McpServerSpec,
  McpServerSpecSchema,
} from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import { PinnedMcpServerSchema } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { serverDefinition, serverDefinitions } from "./server-definitions.ts";

function spec(init: MessageInitShape<typeof McpServerSpecSchema>): McpServerSpec {
  return create(McpServerSpecSchema, init);
}

const program = spec({
  transport: {
    case: "stdio",
    value: { command: "npx", args: ["-y", "server"], env: { AUTH: "token ${TOKEN}" } },
  },
  enabledTools: ["read", "write"],
  variables: [{ name: "TOKEN", required: true }, { name: "REGION" }],
});

describe("an MCP server of an agent", () => {
  test("gets the values that it declares and the texts that they stand in, and no others", () => {
    const values = { TOKEN: "s3cret", UNDECLARED: "x" };
    expect(serverDefinition("github", program, values)).toEqual({
      name: "github",
      enabledTools: ["read", "write"],
      transport: {
        kind: "stdio",
        command: "npx",
        args: ["-y", "server"],
        env: { TOKEN: "s3cret", AUTH: "token s3cret" },
      },
    });
  });

  test("is reached over HTTP with values in its headers", () => {
    const value = { url: "https://mcp.example.com", headers: { Authorization: "Bearer ${KEY}" } };
    const server = spec({ transport: { case: "http", value } });
    expect(serverDefinition("remote", server, { KEY: "$& $1" }).transport).toEqual({
      kind: "http",
      url: "https://mcp.example.com",
      headers: { Authorization: "Bearer $& $1" },
    });
  });

  test.each([
    ["a variable that it requires", program, "TOKEN"],
    [
      "a value that stands in a text",
      spec({ transport: { case: "stdio", value: { command: "x", env: { A: "${MISSING}" } } } }),
      "MISSING",
    ],
  ])("does not start without %s", (_, server, variable) => {
    expect(() => serverDefinition("github", server, {})).toThrow(
      expect.objectContaining({
        code: "environment",
        message: `MCP server "github" needs ${variable}, and no bound environment has it`,
        hint: expect.stringContaining(`${variable}=`),
      }),
    );
  });

  test("offers the tools that the agent chose, or else those of its own definition", () => {
    const agent = create(AgentSpecSchema, {
      mcpServers: [
        { server: { case: "ref", value: "by-any-name" }, enabledTools: ["read"] },
        { server: { case: "inline", value: { name: "own", spec: program } } },
      ],
    });
    const pinned = {
      "by-any-name": create(PinnedMcpServerSchema, { slug: "github", spec: program }),
    };
    const found = serverDefinitions(agent, pinned, { TOKEN: "t" });
    expect(found.map(({ name, enabledTools }) => [name, enabledTools])).toEqual([
      ["github", ["read"]],
      ["own", ["read", "write"]],
    ]);
    expect(() => serverDefinitions(agent, {}, { TOKEN: "t" })).toThrow("by-any-name");
  });
});
