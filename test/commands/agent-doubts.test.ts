import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";

setDefaultTimeout(60_000);

let home: CommandHome;
beforeAll(async () => {
  home = CommandHome.open({ config: "model.aliases.quick: script/echo\n", local: true });
  await home.output(["mcp", "add", "open", "--", "true"]);
  const limited = [
    "apiVersion: agentic.stigmer.ai/v1",
    "kind: McpServer",
    "metadata: {name: limited}",
    "spec: {stdio: {command: 'true'}, enabledTools: [read, write]}",
  ].join("\n");
  await home.output(["apply", "-f", "-"], { stdin: limited });
});
afterAll(() => home[Symbol.asyncDispose]());

describe("an agent that is created or changed", () => {
  const create = async (name: string, ...flags: string[]): Promise<string> => {
    const end = await home.run(["agent", "create", name, "-i", "x", ...flags]);
    expect(end.exitCode).toBe(0);
    return end.stderr;
  };

  test("is doubted when its model is neither of a provider nor an alias", async () => {
    expect(await create("bare", "-m", "gpt-x")).toMatch(/^warning: model gpt-x is neither/m);
    expect(await create("alias", "-m", "quick")).not.toContain("warning");
    expect(await create("full", "-m", "openai/gpt-x")).not.toContain("warning");
    expect(await create("default")).not.toContain("warning");
    const changed = await home.run(["agent", "update", "full", "-m", "gpt-x"]);
    expect(changed.stderr).toContain("warning: model gpt-x is neither");
  });

  test("is doubted when its MCP server does not offer a tool", async () => {
    const warned = await create("typo", "--mcp", "limited:read,nope_tool");
    expect(warned).toMatch(
      /^warning: MCP server limited does not offer nope_tool, only read, write$/m,
    );
    expect(await create("right", "--mcp", "limited:read")).not.toContain("warning");
    expect(await create("unknown", "--mcp", "open:nope_tool")).toContain("stigmer mcp tools open");
  });
});

test("an agent is shown with its limits and parameters", async () => {
  const stdin = [
    "apiVersion: agentic.stigmer.ai/v1",
    "kind: Agent",
    "metadata: {name: bounded}",
    "spec:",
    "  instructions: x",
    "  parameters: {temperature: 0.2, maxOutputTokens: 500, reasoningEffort: REASONING_EFFORT_LOW}",
    "  limits: {maxTurns: 7, timeoutSeconds: 90}",
  ].join("\n");
  await home.output(["apply", "-f", "-"], { stdin });
  const shown = [
    await home.output(["agent", "get", "bounded"]),
    await home.output(["describe", "agent", "bounded"]),
  ];
  for (const text of shown) {
    expect(text).toMatch(
      /^parameters: +temperature 0\.2, 500 output tokens, low reasoning effort$/m,
    );
    expect(text).toMatch(/^limits: +7 turns, 1m30s$/m);
  }
});
