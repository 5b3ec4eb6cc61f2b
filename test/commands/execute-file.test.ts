import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { isLeftOut } from "../support/remote-mode.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

const program = fileURLToPath(
  new URL("../../src/runners/mcp/fixtures/scripted-server.ts", import.meta.url),
);
const scripts = {
  "env-of": { turns: [{ tools: [{ name: "tools__environment" }] }, { text: "{{toolResult}}" }] },
  slow: {
    turns: [
      { tools: [{ name: "tools__environment" }] },
      { text: "late: {{system}}", firstDelayMs: 3_000 },
    ],
  },
};

let home: CommandHome;
beforeAll(async () => {
  home = CommandHome.open();
  writeFileSync(home.at("script.json"), JSON.stringify({ scripts }));
  await home.output(["config", "set", "providers.script.file", home.at("script.json")]);
});
afterAll(() => home[Symbol.asyncDispose]());

function write(name: string, ...documents: readonly object[]): string {
  writeFileSync(home.at(name), documents.map((each) => JSON.stringify(each)).join("\n---\n"));
  return name;
}

const agent = (spec: object = {}, slug = "draft") => ({
  kind: "Agent",
  metadata: { slug },
  spec: { instructions: "Be brief.", model: "script/echo", ...spec },
});
const server = {
  kind: "McpServer",
  metadata: { slug: "tools" },
  spec: { stdio: { command: process.execPath, args: [program], env: { GREETING: "${GREETING}" } } },
};

describe("agent execute -f", () => {
  test("runs the agent of a file and stores neither it nor a session", async () => {
    const file = write("plain.yaml", agent());
    const end = await home.run(["agent", "execute", "-f", file, "hello", "you"]);
    expect(end).toMatchObject({ exitCode: 0, stdout: "hello you\n", stderr: "" });
    expect(await home.output(["agent", "list", "-q"])).toBe("");
    expect(await home.output(["session", "list", "-q"])).toBe("");
    const { metadata, spec } = await home.json(["execution", "get", "@last"]);
    expect(metadata.name).toBe("draft");
    expect(spec.inlineAgent.spec.instructions).toBe("Be brief.");
    expect(await home.output(["execution", "list"])).toContain(" draft ");
  });

  test("reads the file from stdin", async () => {
    const stdin = JSON.stringify(agent());
    const piped = ["agent", "execute", "-f", "-", "hello"];
    expect(await home.output(piped, { stdin })).toBe("hello\n");
    expectRefusal(await home.run([...piped, "-"], { stdin }), {
      exitCode: 2,
      error: "stdin is either the file or a part of the message",
      hint: "-f FILE",
    });
  });

  test("takes MCP servers of the same file, and values of --env", async () => {
    const refs = [{ ref: "tools", enabledTools: ["environment"] }];
    const draft = agent({ model: "script/env-of", mcpServers: refs });
    const args = ["agent", "execute", "-f", write("tools.yaml", draft, server), "go"];
    const answer = await home.output([...args, "--env", "GREETING=good day"]);
    expect(answer).toContain('"GREETING":"good day"');
    expect(await home.output(["mcp", "list", "-q"])).toBe("");
    const missing = await home.run(args);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain("GREETING");
  });

  test.skipIf(isLeftOut("start on demand"))(
    "goes on after kill -9 of the daemon, with the file gone",
    async () => {
      const draft = agent({ model: "script/slow", mcpServers: [{ ref: "tools" }] });
      const file = write("slow.yaml", draft, server);
      const args = ["agent", "execute", "-f", file, "go", "--env", "GREETING=x", "-d", "-q"];
      const id = (await home.output(args)).trim();
      const watch = home.start(["execution", "watch", id]);
      await watch.says("tools__environment completed", "stdout");
      const { pid } = await home.json(["local", "status"]);
      process.kill(pid, "SIGKILL");
      rmSync(home.at(file));
      await watch.end();
      const { status } = await home.json(["execution", "wait", id]);
      expect(status).toMatchObject({ phase: "EXECUTION_COMPLETED", output: "late: Be brief." });
      expect(status.attempts).toBeGreaterThan(1);
      expect(status.toolCalls).toBe(1);
    },
  );

  test("refuses what it cannot run at once, and says how", async () => {
    const other = { kind: "Environment", metadata: { slug: "eu" }, spec: {} };
    const refusals = [
      [[agent(), agent({}, "second")], "two.yaml:3:1: two.yaml holds a second agent"],
      [[agent(), other], "two.yaml:3:1: Environment: only MCP servers that the agent uses"],
      [[agent(), server], "two.yaml:3:1: McpServer: only MCP servers that the agent uses"],
    ] as const;
    for (const [documents, error] of refusals) {
      const file = write("two.yaml", ...documents);
      // oxlint-disable-next-line no-await-in-loop -- they share the file
      expectRefusal(await home.run(["agent", "execute", "-f", file, "hello"]), {
        exitCode: 2,
        error,
        hint: "stigmer apply -f two.yaml",
      });
    }
    expectRefusal(await home.run(["agent", "execute", "-f", write("s.yaml", server), "hello"]), {
      exitCode: 2,
      error: "s.yaml holds no agent",
      hint: "kind: Agent",
    });
  });

  test("has no session to go on with", async () => {
    const file = write("plain.yaml", agent());
    expectRefusal(await home.run(["agent", "execute", "-f", file, "-s", "@last", "hello"]), {
      exitCode: 2,
      error: "An agent of a file has no session",
      hint: "stigmer apply -f plain.yaml",
    });
  });

  test("says where in the file the daemon found a mistake", async () => {
    const text =
      "kind: Agent\nmetadata: {slug: draft}\nspec:\n  instructions: x\n  limits: {maxTurns: -1}\n";
    writeFileSync(home.at("wrong.yaml"), text);
    const wrong = await home.run(["agent", "execute", "-f", "wrong.yaml", "hello"]);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("wrong.yaml:5:22: spec.limits.maxTurns");
    write("missing.yaml", agent({ mcpServers: [{ ref: "nowhere" }] }));
    const missing = await home.run(["agent", "execute", "-f", "missing.yaml", "hello"]);
    expect(missing.exitCode).toBe(5);
    expect(missing.stderr).toMatch(/missing\.yaml:1:\d+: spec\.mcpServers\[0\]\.ref/);
  });
});

describe("agent execute", () => {
  test("says what is missing", async () => {
    const nobody = await home.run(["agent", "execute"]);
    expectRefusal(nobody, { exitCode: 2, error: "NAME is missing", hint: "-f FILE" });
    for (const args of [["clerk"], ["-f", "plain.yaml"]]) {
      // oxlint-disable-next-line no-await-in-loop -- two
      expectRefusal(await home.run(["agent", "execute", ...args]), {
        exitCode: 2,
        error: "MESSAGE is missing",
        hint: `stigmer agent execute ${args.join(" ")}`,
      });
    }
  });
});
