import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

let home: CommandHome;
beforeAll(() => {
  home = CommandHome.open({ config: "model.default: script/echo\n" });
});
afterAll(() => home[Symbol.asyncDispose]());

/** Writes a file beside the data folder, where the commands run. */
function write(name: string, text: string): string {
  const path = home.at(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return name;
}

const agent = (slug: string, spec = "", labels = "{}") =>
  `apiVersion: agentic.stigmer.ai/v1\nkind: Agent\nmetadata: {slug: ${slug}, labels: ${labels}}
spec:\n  instructions: Review.\n${spec}`;
const server = (slug: string, labels = "{}") =>
  `kind: McpServer\nmetadata: {slug: ${slug}, labels: ${labels}}\nspec: {stdio: {command: serve}}\n`;

describe("apply", () => {
  test("creates what a folder holds, and then changes nothing", async () => {
    write("project/b/agent.yaml", agent("reviewer", "  mcpServers: [{ref: tracker}]\n"));
    write("project/a.yml", server("tracker"));
    write(
      "project/c.json",
      JSON.stringify({ kind: "Environment", metadata: { slug: "eu" }, spec: {} }),
    );
    write("project/.hidden/x.yaml", "not: read\n");
    write("project/notes.txt", "not read\n");
    write("project/b/deploy.test.yaml", "workflow: deploy.yaml\n");
    write("project/b/deploy.journal.yaml", "cases: {}\n");
    const lines = ["mcpserver/tracker", "agent/reviewer", "environment/eu"];
    const effect = (word: string) => lines.map((line) => `${line} ${word}\n`).join("");
    const dry = await home.output(["apply", "-f", "project", "--dry-run"]);
    expect(dry).toBe(effect("created (dry run)"));
    expect((await home.run(["get", "agent", "reviewer"])).exitCode).toBe(5);
    expect(await home.output(["apply", "-f", "project"])).toBe(effect("created"));
    expect(await home.output(["apply", "-f", "project"])).toBe(effect("unchanged"));
    expect(await home.output(["apply", "-f", "project", "-o", "name"])).toBe(
      effect("").replaceAll(" ", ""),
    );
    expect(await home.output(["apply", "-f", "project", "--expect-no-changes"])).toContain(
      "unchanged",
    );
  });

  test("reads stdin where it is told to, and nothing of a pipe otherwise", async () => {
    const stdin = agent("from-stdin");
    expect(await home.output(["apply", "-f", "-"], { stdin })).toBe("agent/from-stdin created\n");
    const file = write("one.yaml", agent("from-file"));
    const end = await home.run(["apply", "-f", file], { stdin: "open" });
    expect(end).toMatchObject({ exitCode: 0, stdout: "agent/from-file created\n" });
  });

  test("says what it changes, and with --expect-no-changes only says it", async () => {
    const file = write("edit.yaml", agent("edited", "  model: script/echo\n"));
    await home.output(["apply", "-f", file]);
    write("edit.yaml", agent("edited", "  description: Careful.\n"));
    const expected = await home.run(["apply", "-f", file, "--expect-no-changes"]);
    expect(expected.exitCode).toBe(3);
    expect(expected.stdout).toContain('spec.model: "script/echo" → (nothing)');
    expect(expected.stdout).toContain('spec.description: (nothing) → "Careful."');
    expect((await home.json(["agent", "get", "edited"])).spec.model).toBe("script/echo");
    const { changes } = await home.json(["apply", "-f", file]);
    expect(changes).toMatchObject([
      { effect: "RESOURCE_EFFECT_UPDATED", slug: "edited", fields: [{}, { path: "spec.model" }] },
    ]);
    const stored = await home.json(["agent", "get", "edited"]);
    expect(stored.spec).toEqual({ instructions: "Review.", description: "Careful." });
  });

  test("keeps what a command set, and takes back what the file says is empty", async () => {
    const file = write("shared.yaml", agent("shared"));
    await home.output(["apply", "-f", file]);
    await home.output([
      "agent",
      "update",
      "shared",
      "--description",
      "By hand.",
      "--model",
      "script/auto",
    ]);
    expect(await home.output(["apply", "-f", file])).toBe("agent/shared unchanged\n");
    write("shared.yaml", agent("shared", '  description: ""\n'));
    expect(await home.output(["apply", "-f", file])).toContain("agent/shared updated");
    const stored = await home.json(["agent", "get", "shared"]);
    expect(stored.spec).toEqual({ instructions: "Review.", model: "script/auto" });
  });

  test("of what was read back changes nothing", async () => {
    const yaml = await home.output(["agent", "get", "shared", "-o", "yaml"]);
    const applied = await home.output(["apply", "-f", "-"], { stdin: yaml });
    expect(applied).toBe("agent/shared unchanged\n");
  });

  test("changes nothing when a part is bad, and says where", async () => {
    const file = write(
      "half.yaml",
      `${agent("half")}---\n${agent("other", "  mcpServers: [{ref: nowhere}]\n")}`,
    );
    expectRefusal(await home.run(["apply", "-f", file]), {
      exitCode: 5,
      error: 'half.yaml:12:22: spec.mcpServers[0].ref: "nowhere" does not exist',
      hint: "mcp list",
    });
    write("half.yaml", `${agent("half")}---\n${agent("Other")}`);
    expectRefusal(await home.run(["apply", "-f", file]), {
      exitCode: 2,
      error: "half.yaml:9:18: metadata.slug: does not match",
    });
    expect((await home.run(["get", "agent", "half"])).exitCode).toBe(5);
  });

  test("says every mistake of every file at once", async () => {
    write("broken/a.yaml", agent("a", "  modle: x\n"));
    write("broken/b.yaml", agent("b", "  model: 5\n"));
    const end = await home.run(["apply", "-f", "broken"]);
    expectRefusal(end, { exitCode: 2, error: "2 mistakes, so nothing was changed" });
    expect(end.stderr).toContain("broken/a.yaml:6:3: spec.modle: ");
    expect(end.stderr).toContain("broken/b.yaml:6:10: spec.model: ");
  });

  test("prunes what carries the labels and left the files", async () => {
    const labels = "{app: shop}";
    const both = `${agent("kept", "", labels)}---\n${server("dropped", labels)}`;
    const file = write("shop.yaml", both);
    await home.output(["apply", "-f", file]);
    write("shop.yaml", agent("kept", "", labels));
    expect(await home.output(["apply", "-f", file])).toBe("agent/kept unchanged\n");
    const prune = ["apply", "-f", file, "--prune", "-l", "app=shop"];
    expect(await home.output([...prune, "--dry-run"])).toContain(
      "mcpserver/dropped deleted (dry run)",
    );
    expect(await home.output(prune)).toContain("mcpserver/dropped deleted\n");
    expect((await home.run(["get", "mcp", "dropped"])).exitCode).toBe(5);
    expect((await home.run(["get", "agent", "from-file"])).exitCode).toBe(0);
  });

  test.each([
    [["apply"], "--file is missing", "-f FILE"],
    [["apply", "-f", "nowhere.yaml"], "Cannot read nowhere.yaml", "exists"],
    [["apply", "-f", "empty"], 'no .yaml, .yml or .json file in "empty"', "folder"],
    [["apply", "-f", "-"], "nothing is in there", "at least one resource"],
    [["apply", "-f", "-", "-f", "-"], "read only once", "once"],
    [["apply", "-f", "x", "--prune"], "--prune needs -l", "--prune -l"],
    [["apply", "-f", "x", "--prune", "-l", ""], "--prune needs -l", "--prune -l"],
    [["apply", "-f", "x", "-l", "a=b"], "--prune is missing", "--prune"],
    [["apply", "-f", "large.yaml"], "larger than 1 MB", "Split"],
    [["apply", "-f", "latin.yaml"], "not UTF-8", "UTF-8"],
    [["diff"], "--file is missing", "-f FILE"],
    [["get", "agnet"], 'no kind "agnet"', "agent"],
    [["explain", "agent.spec.modle"], 'agent.spec has no field "modle"', "agent.spec.model"],
    [["explain", "thing"], 'no kind "thing"', "Kinds are"],
  ])("%j is refused with a sentence and a way out", async (args, error, hint) => {
    mkdirSync(home.at("empty"), { recursive: true });
    write("large.yaml", "#".repeat((1 << 20) + 1));
    writeFileSync(home.at("latin.yaml"), Buffer.from([0x6b, 0x3a, 0x20, 0xe4, 0x0a]));
    expectRefusal(await home.run(args), { exitCode: 2, error, hint });
  });
});

describe("diff", () => {
  test("shows what applying would change, and exits with 3", async () => {
    const file = write("compared.yaml", agent("compared", "  model: script/echo\n"));
    const created = await home.run(["diff", "-f", file]);
    expect(created.exitCode).toBe(3);
    expect(created.stdout).toContain(
      "@@ -0,0 +1,8 @@\n+apiVersion: agentic.stigmer.ai/v1\n+kind: Agent\n",
    );
    await home.output(["apply", "-f", file]);
    expect(await home.run(["diff", "-f", file])).toMatchObject({ exitCode: 0, stdout: "" });
    write("compared.yaml", agent("compared", "  model: script/auto\n"));
    const changed = await home.run(["diff", "-f", file]);
    expect(changed.exitCode).toBe(3);
    expect(changed.stdout).toBe(
      `--- agent/compared (stored)\n+++ agent/compared (files)\n@@ -5,4 +5,4 @@\n   slug: compared
 spec:\n   instructions: Review.\n-  model: script/echo\n+  model: script/auto\n`,
    );
    const coloured = await home.run(["diff", "-f", file, "--color", "always"]);
    expect(coloured.stdout).toContain("\u001b[31m-  model: script/echo\u001b[39m\n");
    const document = JSON.parse((await home.run(["diff", "-f", file, "-o", "json"])).stdout);
    expect(document.changes).toMatchObject([{ slug: "compared" }]);
  });
});

describe("a kind by its name", () => {
  test("is listed, shown and deleted as by its own commands", async () => {
    await home.output(["apply", "-f", "-"], { stdin: `${server("one")}---\n${server("two")}` });
    for (const word of ["mcpserver", "mcpservers", "mcp", "McpServer"]) {
      const own = await home.output(["mcp", "list", "-o", "json"]);
      expect(await home.output(["get", word, "-o", "json"])).toBe(own);
    }
    expect((await home.output(["get", "mcp", "one"])).split("\n")).toHaveLength(3);
    const shown = await home.output(["describe", "mcp", "one"]);
    expect(shown).toBe(await home.output(["mcp", "get", "one"]));
    expect(await home.output(["delete", "mcp", "one", "two"])).toBe(
      "MCP server one deleted\nMCP server two deleted\n",
    );
    expect((await home.run(["get", "mcp", "one"])).exitCode).toBe(5);
  });
});

describe("explain", () => {
  test("says what the contract says, without a daemon", async () => {
    const text = await home.output(["explain", "agent.spec.mcp_servers", "--no-start"]);
    expect(text).toContain("agent.spec.mcpServers: list of AgentMcpServer");
    expect(text).toContain("One MCP server of an agent");
    expect(text).toContain("at most 64 items");
    expect(text).toMatch(/^ref +text +A stored MCP server\.$/m);
    const field = await home.json(["explain", "agent.spec.parameters.temperature"]);
    expect(field).toMatchObject({ type: "number", rules: ["at least 0", "at most 2"] });
    const { values } = await home.json(["explain", "agent.spec.parameters.reasoningEffort"]);
    expect(values).toHaveLength(4);
    expect(await home.output(["explain", "env.spec", "-o", "name"])).toBe(
      "environment.spec.description\nenvironment.spec.data\n",
    );
  });
});
