import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

setDefaultTimeout(60_000);

describe("a variable that loads code", () => {
  let home: CommandHome;
  beforeAll(() => {
    home = CommandHome.open();
  });
  afterAll(() => home[Symbol.asyncDispose]());

  test.each(["LD_PRELOAD", "NODE_OPTIONS", "DYLD_INSERT_LIBRARIES", "BUN_OPTIONS"])(
    "%s is refused when an MCP server is stored, and named",
    async (name) => {
      const end = await home.run(["mcp", "add", "evil", "--env", `${name}=x`, "--", "true"]);
      expectRefusal(end, {
        exitCode: 10,
        error: `spec.stdio.env.${name}`,
        hint: `remove the variable ${name}`,
      });
      expect(await home.output(["mcp", "list", "-q"])).toBe("");
    },
  );

  test.each([
    ["of a container", "docker: {image: alpine, env: {LD_AUDIT: x}}", "spec.docker.env.LD_AUDIT"],
    [
      "that a server takes from environments",
      "stdio: {command: 'true'}, variables: [{name: A}, {name: NODE_OPTIONS}]",
      "spec.variables[1].name",
    ],
  ])("%s is refused in a file", async (_, spec, field) => {
    const head = "apiVersion: agentic.stigmer.ai/v1\nkind: McpServer\nmetadata: {name: evil}\n";
    const stdin = `${head}spec: {${spec}}\n`;
    const end = await home.run(["apply", "-f", "-"], { stdin });
    expect(end.exitCode).not.toBe(0);
    expect(end.stderr).toContain(field);
    expect(await home.output(["mcp", "list", "-q"])).toBe("");
  });

  test("is refused in a server that an agent holds", async () => {
    const head = "apiVersion: agentic.stigmer.ai/v1\nkind: Agent\nmetadata: {name: evil}\n";
    const server = "{name: t, spec: {stdio: {command: 'true', env: {LD_PRELOAD: x}}}}";
    const stdin = `${head}spec: {instructions: x, mcpServers: [{inline: ${server}}]}\n`;
    const end = await home.run(["apply", "-f", "-"], { stdin });
    expect(end.exitCode).not.toBe(0);
    expect(end.stderr).toContain("spec.mcpServers[0].inline.spec.stdio.env.LD_PRELOAD");
    expect(await home.output(["agent", "list", "-q"])).toBe("");
  });
});

describe("a hint of the daemon", () => {
  test("names flags where somebody at a command line reads it", async () => {
    await using home = CommandHome.open();
    await home.output(["mcp", "add", "tools", "--", "true"]);
    await home.output(["agent", "create", "user", "-i", "x", "--mcp", "tools"]);
    expectRefusal(await home.run(["mcp", "delete", "tools"]), {
      exitCode: 1,
      error: "is referred to by user",
      hint: "--cascade",
    });
    expectRefusal(await home.run(["agent", "list", "--cursor", "nonsense"]), {
      exitCode: 2,
      error: "page token",
      hint: "--cursor",
    });
    expectRefusal(await home.run(["agent", "create", "user", "-i", "x"]), {
      exitCode: 6,
      error: "taken",
      hint: "another name",
    });
  });
});
