import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { CommandHome } from "../support/command-home.ts";
import { commandLine } from "../support/command-line.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

const resources = `kind: McpServer
metadata: {slug: tracker, name: The tracker, labels: {team: a}}
spec:
  http:
    url: https://tracker.example/mcp
    headers: {Authorization: "Bearer \${TRACKER_TOKEN}", X-Region: "\${REGION}"}
  variables: [{name: TRACKER_TOKEN, required: true}, {name: TRACKER_USER}]
---
kind: Environment
metadata: {slug: eu}
spec: {data: {REGION: {value: eu-1}}}
---
kind: Schedule
metadata: {slug: nightly}
spec: {cron: 0 3 * * *, agent: {agent: reviewer, message: Report.}}
`;

const agent = (server: string): string => `kind: Agent
metadata: {slug: reviewer, labels: {team: a}}
spec: {instructions: Review., model: anthropic/claude, mcpServers: [{ref: ${server}}]}
`;

let home: CommandHome;
let exported: string;
beforeAll(async () => {
  home = CommandHome.open();
  await home.output(["apply", "-f", "-"], { stdin: `${resources}---\n${agent("The tracker")}` });
  exported = await home.output(["export", "--all"]);
});
afterAll(() => home[Symbol.asyncDispose]());

const slugs = (yaml: string): string[] =>
  [...yaml.matchAll(/^ {2}slug: (.*)$/gm)].flatMap(([, slug]) => slug ?? []);

describe("export", () => {
  test("has what others refer to first, and nothing that the system made", () => {
    expect(slugs(exported)).toEqual(["eu", "tracker", "reviewer", "nightly"]);
    expect(exported).not.toMatch(/\b(id|status|revision|resourceVersion|org):/);
  });

  test("names by slug what was named by name or id", async () => {
    expect(exported).toContain("- ref: tracker\n");
    const { metadata } = await home.json(["mcp", "get", "tracker"]);
    await home.output(["apply", "-f", "-"], { stdin: agent(metadata.id) });
    expect(await home.output(["export", "--all"])).toBe(exported);
  });

  test("lists on stderr what has to be supplied, by name", async () => {
    const { stderr } = await home.run(["export", "--all"]);
    expect(stderr).toBe(`Not in the export, to be supplied where it is imported:
  TRACKER_TOKEN: for mcpserver/tracker
  TRACKER_USER: for mcpserver/tracker, optional
  a key for the models of anthropic: for agent/reviewer
`);
    expect((await home.run(["export", "--all", "-q", "-o", "yaml"])).stderr).toBe("");
  });

  test("takes kinds and labels", async () => {
    const some = await home.output(["export", "schedules", "environment"]);
    expect(slugs(some)).toEqual(["eu", "nightly"]);
    expect(slugs(await home.output(["export", "--all", "-l", "team=a"]))).toEqual([
      "tracker",
      "reviewer",
    ]);
  });

  test.each([[["json"]], [["jsonl"]], [["yaml"]]])("as %p is read by import", async ([format]) => {
    await using other = CommandHome.open();
    const stdin = await home.output(["export", "--all", "-o", format!]);
    await other.output(["import"], { stdin });
    expect(await other.output(["export", "--all"])).toBe(exported);
  });

  test("holds the files of skills, whatever their size and kind", async () => {
    await using one = CommandHome.open();
    await using other = CommandHome.open();
    mkdirSync(one.at("style"));
    const text = "---\nname: style\ndescription: Ours.\n---\nBe brief.\n";
    writeFileSync(one.at("style", "SKILL.md"), text);
    writeFileSync(one.at("style", "large.txt"), "Large.\r\n".repeat(50_000));
    writeFileSync(one.at("style", "large.bin"), randomBytes(300_000));
    await one.output(["skill", "push", "style"]);
    const stdin = await one.output(["export", "--all"]);
    await other.output(["import"], { stdin });
    expect(await other.output(["export", "--all"])).toBe(stdin);
    const revision = async (from: CommandHome): Promise<string> =>
      (await from.json(["skill", "get", "style"])).metadata.revision;
    expect(await revision(other)).toBe(await revision(one));
  });

  test("of names is names, and of nothing is nothing", async () => {
    expect(await home.output(["export", "--all", "-o", "name"])).toBe(
      "environment/eu\nmcpserver/tracker\nagent/reviewer\nschedule/nightly\n",
    );
    expect(await home.output(["export", "skill"])).toBe("");
    expect(JSON.parse(await home.output(["export", "skill", "-o", "json"]))).toEqual({ items: [] });
  });

  test("wants to know what, and which kinds there are", async () => {
    expectRefusal(await home.run(["export"]), { exitCode: 2, error: "missing", hint: "--all" });
    expectRefusal(await home.run(["export", "agnet"]), {
      exitCode: 2,
      error: "agnet",
      hint: "agent",
    });
  });

  test("ends quietly when its reader leaves", async () => {
    const line = `${commandLine.join(" ")} export --all -q -o yaml | head -n 1`;
    const pipe = home.startProgram(["sh", "-c", line]);
    expect(await pipe.end()).toMatchObject({
      stdout: "apiVersion: agentic.stigmer.ai/v1\n",
      stderr: "",
    });
  });
});

describe("import", () => {
  test("follows the four steps to another home", async () => {
    await using here = CommandHome.open({ config: "model.default: script/echo\n" });
    await using there = CommandHome.open({ config: "model.default: script/echo\n" });
    await here.output(["agent", "create", "my-agent", "--instructions", "Repeat."]);
    expect(await here.output(["agent", "execute", "my-agent", "hello"])).toContain("hello");
    const stdin = await here.output(["export", "--all"]);
    expect(await there.output(["import"], { stdin })).toBe("agent/my-agent created\n");
    expect(await there.output(["agent", "execute", "my-agent", "hello"])).toContain("hello");
  });

  test("says what it made, and the second time that nothing changed", async () => {
    await using other = CommandHome.open();
    const dry = await other.output(["import", "--dry-run"], { stdin: exported });
    expect(dry).toContain("agent/reviewer created (dry run)\n");
    expect((await other.run(["get", "agent", "reviewer"])).exitCode).toBe(5);
    writeFileSync(other.at("all.yaml"), exported);
    const first = await other.run(["import", "-f", "all.yaml"]);
    expect(first.stdout).toContain("agent/reviewer created\n");
    expect(first.stderr).toContain("TRACKER_TOKEN: for mcpserver/tracker\n");
    const again = await other.output(["import", "-f", "all.yaml"]);
    expect(again.trimEnd().split("\n")).toEqual(
      ["environment/eu", "mcpserver/tracker", "agent/reviewer", "schedule/nightly"].map(
        (name) => `${name} unchanged`,
      ),
    );
  });

  test("holds schedules until they are applied, and leaves their definition alone", async () => {
    await using other = CommandHome.open();
    const { stderr } = await other.run(["import"], { stdin: exported });
    expect(stderr).toContain("schedule/nightly starts nothing until");
    const held = await other.json(["get", "schedule", "nightly"]);
    expect(held.status.heldByImport).toBe(true);
    expect(held.spec.paused).toBeUndefined();
    expect(await other.output(["export", "--all"])).toBe(exported);
    const applied = await other.output(["apply", "-f", "-"], { stdin: exported });
    expect(applied).toContain(
      "schedule/nightly updated\n  status.heldByImport: true → (nothing)\n",
    );
    expect((await other.json(["get", "schedule", "nightly"])).status.heldByImport).toBeUndefined();
    expect(await other.output(["import"], { stdin: exported })).toContain("nightly unchanged");
    expect((await other.json(["get", "schedule", "nightly"])).status.heldByImport).toBeUndefined();
  });

  test("refuses all of it where something is wrong, and says where", async () => {
    const stdin = `${exported}---\nkind: Agent\nmetadata:\n  slug: bad\nspec:\n  instructions: x\n  instuctions: x\n`;
    const line = stdin.split("\n").findIndex((text) => text.includes("instuctions")) + 1;
    await using other = CommandHome.open();
    expectRefusal(await other.run(["import"], { stdin }), {
      exitCode: 2,
      error: `stdin:${line}:3: spec.instuctions: there is no such property; did you mean "instructions"`,
    });
    expect(await other.output(["get", "agent", "-q"])).toBe("");
  });

  test("of a reference to nothing names its line", async () => {
    await using other = CommandHome.open();
    const stdin = await home.output(["export", "agent"]);
    const line = stdin.split("\n").findIndex((text) => text.includes("ref: tracker")) + 1;
    const end = await other.run(["import"], { stdin });
    expect(end.exitCode).toBe(5);
    expect(end.stderr).toContain(`stdin:${line}:`);
  });

  test("reads nothing from a file that is not there, not UTF-8 or empty", async () => {
    expect(await home.run(["import", "-f", "none.yaml"])).toMatchObject({ exitCode: 2 });
    writeFileSync(home.at("latin.yaml"), Buffer.from([0x61, 0x3a, 0xff, 0x0a]));
    expectRefusal(await home.run(["import", "-f", "latin.yaml"]), {
      exitCode: 2,
      error: "not UTF-8",
      hint: "UTF-8",
    });
    expectRefusal(await home.run(["import"], { stdin: "" }), {
      exitCode: 2,
      error: "nothing is in there",
      hint: "at least one",
    });
  });
});

describe("import --from", () => {
  const secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
  const servers = {
    "Git Hub": { command: "serve", env: { GITHUB_TOKEN: secret }, timeout: 5 },
    old: { type: "sse", url: "https://example.com/sse" },
  };

  test("carries over the servers of another program, and says what not", async () => {
    await using other = CommandHome.open();
    writeFileSync(other.at("mcp.json"), JSON.stringify({ mcpServers: servers }));
    const end = await other.run(["import", "--from", "mcp.json"]);
    expect(end).toMatchObject({ exitCode: 0, stdout: "mcpserver/git-hub created\n" });
    expect(end.stderr)
      .toBe(`warning: Git Hub: env.GITHUB_TOKEN looks like a secret: its value is not kept, supply GITHUB_TOKEN
warning: Git Hub: timeout is left out
warning: old: left out: it speaks SSE, which MCP has replaced; ask for its streamable HTTP address
Not in the import, to be supplied here:
  GITHUB_TOKEN: for mcpserver/Git Hub
`);
    const { changes, servers: report } = await other.json(["import", "--from", "mcp.json"]);
    expect(changes).toMatchObject([{ slug: "git-hub", effect: "RESOURCE_EFFECT_UNCHANGED" }]);
    expect(report).toMatchObject([
      { server: "Git Hub", carried: true, notes: [{}, {}].map(() => expect.any(String)) },
      { server: "old", carried: false },
    ]);
    await other.output(["local", "stop"]);
    const found = Bun.spawnSync(["grep", "-rlF", secret, other.home]);
    expect(found.stdout.toString()).toBe("");
  });

  test("of servers that cannot be carried is refused", async () => {
    writeFileSync(home.at("old.json"), JSON.stringify({ mcpServers: { old: servers.old } }));
    const end = await home.run(["import", "--from", "old.json"]);
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.stderr).toContain("There is no server that could be imported");
    const both = await home.run(["import", "--from", "old.json", "-f", "old.json"]);
    expect(both.exitCode).toBe(2);
  });
});
