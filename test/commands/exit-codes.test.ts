import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { exitCodeMeanings } from "../../src/cli/exit-codes.ts";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";
import { isLeftOut } from "../support/remote-mode.ts";

setDefaultTimeout(60_000);

const models = {
  silent: [{ hang: true }],
  denied: [{ fail: { status: 401, times: "always" } }],
  failing: [{ fail: { status: 400, times: "always" } }],
  endless: [{ tools: [{ name: "none" }] }, { tools: [{ name: "none" }] }],
};

describe("exit code", () => {
  let server: ScriptServer;
  let home: CommandHome;
  beforeAll(async () => {
    server = serveModels(models);
    home = CommandHome.open({ config: configFor(server, { "limits.maxTurns": 1 }) });
    await home.output(["agent", "create", "good", "-i", "x", "-m", "openai-compatible/plain"]);
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const execute = (model: string, ...flags: string[]): string[] =>
    ["agent", "execute", "good", "hello", "-m", `openai-compatible/${model}`].concat(flags);

  const calls = [
    { code: 0, of: "a run that completes", args: execute("plain") },
    { code: 1, of: "a run that fails", args: execute("failing") },
    { code: 2, of: "a flag that does not exist", args: ["agent", "list", "--nonsense"] },
    { code: 4, of: "a key that is refused", args: execute("denied") },
    { code: 5, of: "an agent that does not exist", args: ["agent", "get", "nobody"] },
    { code: 6, of: "a name that is taken", args: ["agent", "create", "good", "-i", "x"] },
    { code: 8, of: "a wait that is over", args: execute("silent", "--wait", "300ms") },
    { code: 9, of: "a limit that is reached", args: execute("endless") },
    {
      code: 10,
      of: "what policy refuses",
      args: ["mcp", "add", "evil", "--env", "LD_PRELOAD=/x.so", "--", "true"],
    },
    { code: 124, of: "a timeout that passed", args: execute("silent", "--timeout", "1s") },
  ];
  const signals = [
    { code: 129, signal: "SIGHUP" },
    { code: 130, signal: "SIGINT" },
    { code: 143, signal: "SIGTERM" },
  ] as const;
  /** Of a daemon or a data folder of their own, and those that print what differs; see below. */
  const others = [3, 7, 78];

  test("of every kind is shown by a command here", () => {
    const shown = [...calls, ...signals].map(({ code }) => code).concat(others);
    expect(new Set(shown)).toEqual(new Set(Object.keys(exitCodeMeanings).map(Number)));
  });

  test.each(calls)("$code is of $of", async ({ code, args }) => {
    const end = await home.run(args);
    expect(end.exitCode).toBe(code);
    expect(end.stdout).toBe(code === 0 ? "hello\n" : "");
    expect(end.stderr).not.toBe("");
    expect(end.tookMs).toBeLessThan(10_000);
  });

  test.each([...signals])("$code is of $signal", async ({ code, signal }) => {
    const running = home.start(["local", "logs", "--follow"]);
    await running.says("daemon ready", "stdout");
    running.kill(signal);
    expect(await running.end()).toMatchObject({ exitCode: code });
  });

  test("3 is of files that say something else than what is stored, until they are applied", async () => {
    const file = "kind: Environment\nmetadata: {name: files}\nspec: {data: {A: {value: '1'}}}\n";
    const stdin = `apiVersion: agentic.stigmer.ai/v1\n${file}`;
    const differing = await home.run(["diff", "-f", "-"], { stdin });
    expect(differing).toMatchObject({ exitCode: 3, stdout: expect.stringContaining("+  name: ") });
    const expecting = ["apply", "-f", "-", "--expect-no-changes"];
    expect(await home.run(expecting, { stdin })).toMatchObject({ exitCode: 3 });
    await home.output(["apply", "-f", "-"], { stdin });
    expect(await home.run(expecting, { stdin })).toMatchObject({ exitCode: 0 });
    expect(await home.run(["diff", "-f", "-"], { stdin })).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
  });

  test("execution wait has the one of how it ended", async () => {
    await home.run(execute("denied"));
    expect(await home.run(["execution", "wait", "@last"])).toMatchObject({ exitCode: 4 });
    await home.run(execute("plain"));
    expect(await home.run(["execution", "wait", "@last"])).toMatchObject({ exitCode: 0 });
  });
});

describe.skipIf(isLeftOut("start on demand"))("exit code", () => {
  test("7 is of a daemon that does not run and must not be started", async () => {
    await using home = CommandHome.open();
    const refusal = { exitCode: 7, error: "No daemon runs", hint: "stigmer local start" };
    expectRefusal(await home.run(["agent", "list", "--no-start"]), refusal);
    expectRefusal(await home.run(["local", "status"]), refusal);
  });

  test("78 is of data that a newer version wrote, and not a byte of it changes", async () => {
    await using home = CommandHome.open();
    await home.output(["agent", "create", "good", "-i", "x", "-m", "script/echo"]);
    await home.output(["local", "stop"]);
    const file = join(home.home, "data/stigmer.db");
    const version = setVersion(file, 1_000);
    const before = Bun.hash(await Bun.file(file).bytes());

    const refusal = { exitCode: 78, error: "data version 1000", hint: "newer release" };
    expectRefusal(await home.run(["agent", "list"]), refusal);
    expectRefusal(await home.run(["local", "start"]), refusal);
    expect(Bun.hash(await Bun.file(file).bytes())).toBe(before);

    setVersion(file, version);
    expect(await home.output(["agent", "execute", "good", "still here"])).toBe("still here\n");
  });
});

/** Returns the version that the file had. */
function setVersion(file: string, version: number): number {
  using database = new Database(file);
  const found = database.query<{ user_version: number }, []>("PRAGMA user_version").get();
  database.run(`PRAGMA user_version = ${version}`);
  return found?.user_version ?? 0;
}
