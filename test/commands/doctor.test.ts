import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandHome, type RunOptions } from "../support/command-home.ts";
import { commandLine } from "../support/command-line.ts";
import { PseudoTerminal } from "../support/pseudo-terminal.ts";
import { SilentServer } from "../support/silent-server.ts";
import { isLeftOut } from "../support/remote-mode.ts";

setDefaultTimeout(60_000);

interface Check {
  readonly name: string;
  readonly state: string;
  readonly found: string;
  readonly fix?: string;
}

async function examine(home: CommandHome, options: RunOptions = {}) {
  const { exitCode, stdout, stderr, tookMs } = await home.run(["doctor", "-o", "json"], options);
  const { items } = JSON.parse(stdout) as { items: readonly Check[] };
  const find = (name: string): Check | undefined => items.find((check) => check.name === name);
  const problems = items.filter(({ state }) => state === "problem").map(({ name }) => name);
  return { exitCode, stdout, stderr, tookMs, items, find, problems };
}

const config = "model.default: script/echo\n";

describe.skipIf(isLeftOut("doctor"))("doctor", () => {
  test("finds nothing wrong where all is well, and looks at everything", async () => {
    await using home = CommandHome.open({ config });
    await home.output(["agent", "create", "good", "-i", "Repeat."]);
    await home.output(["mcp", "add", "tools", "--", process.execPath]);
    const found = await examine(home);
    expect(found).toMatchObject({ exitCode: 0, problems: [] });
    expect(found.items.filter(({ state }) => state === "ok").map(({ name }) => name)).toEqual(
      expect.arrayContaining(
        [
          "program, clock, data folder, private files, disk space, settings, daemon",
          "daemon build, port, daemon log, store writes, store structure, store rows",
          "artifact files, write-ahead log, secret store, model access, mcp servers",
        ].flatMap((names) => names.split(", ")),
      ),
    );
    expect(found.find("sandbox")?.found).toContain("none in this version");
  });

  test("starts no daemon and makes no data folder", async () => {
    await using home = CommandHome.open();
    const found = await examine(home);
    expect(found).toMatchObject({ exitCode: 0, problems: [] });
    expect(found.find("daemon")?.found).toContain("does not run");
    expect(found.find("store")).toMatchObject({ state: "skipped", fix: "stigmer local start" });
    expect(existsSync(home.home)).toBe(false);
  });

  test("looks at the context that commands go to, and knows no other", async () => {
    await using home = CommandHome.open({ config });
    const nope = await home.run(["doctor", "--context", "nope"]);
    expect(nope.exitCode).toBe(5);
    expect((await examine(home)).find("context")?.found).toContain("local");
    const records = "contexts: {away: {server: 'http://127.0.0.1:9', usesToken: false}}\n";
    mkdirSync(home.home, { recursive: true, mode: 0o700 });
    writeFileSync(join(home.home, "contexts.yaml"), records, { mode: 0o600 });
    const found = await examine(home, { env: { STIGMER_CONTEXT: "away" } });
    expect(found).toMatchObject({ exitCode: 1, problems: ["context"] });
    expect(found.find("context")?.found).toContain("127.0.0.1:9");
    expect(found.find("context")?.fix).toBeDefined();
  });

  test("counts settings that cannot be read once, and says what to do", async () => {
    await using home = CommandHome.open({ config: 'a: [1\nb: "x' });
    const found = await examine(home);
    expect(found.problems).toEqual(["settings"]);
    expect(found.items.filter(({ state }) => state === "warning")).toEqual([]);
    expect(found.find("settings")?.fix).toContain("config.yaml");
  });

  test("names a daemon that hangs and how to get another, in time", async () => {
    await using home = CommandHome.open({ config });
    await home.output(["local", "start"]);
    const { pid } = await home.json(["local", "status"]);
    process.kill(pid, "SIGSTOP");
    const found = await examine(home);
    process.kill(pid, "SIGCONT");
    expect(found).toMatchObject({ exitCode: 1, problems: ["daemon"] });
    expect(found.find("daemon")).toMatchObject({
      found: `process ${pid} holds the data folder and does not answer`,
      fix: "stigmer local restart",
    });
    expect(found.tookMs).toBeLessThan(10_000);
  });

  test("names the line of a setting that cannot be, and looks at the rest", async () => {
    await using home = CommandHome.open({ config: "runner.max: 3\nrunner.mx: 4\n" });
    const found = await examine(home);
    expect(found).toMatchObject({ exitCode: 1, problems: ["settings"] });
    expect(found.find("settings")).toMatchObject({
      found: expect.stringContaining("config.yaml:2:12"),
      fix: "did you mean runner.max?",
    });
    expect(found.find("data folder")?.state).toBe("ok");
  });

  test("names a data folder that others may enter", async () => {
    await using home = CommandHome.open({ config });
    chmodSync(home.home, 0o755);
    const found = await examine(home);
    chmodSync(home.home, 0o700);
    expect(found).toMatchObject({ exitCode: 1, problems: expect.arrayContaining(["data folder"]) });
    expect(found.find("data folder")?.fix).toBe(`chmod 700 ${home.home}`);
  });

  test("works where there is no home", async () => {
    await using home = CommandHome.open();
    const found = await examine(home, { env: { HOME: "", STIGMER_HOME: "" } });
    expect(found).toMatchObject({ exitCode: 1, problems: ["data folder"] });
    expect(found.find("data folder")?.fix).toContain("STIGMER_HOME");
  });

  test("names who holds the port", async () => {
    await using home = CommandHome.open({ config });
    await using other = await SilentServer.listen(0);
    const port = { env: { STIGMER_PORT: String(other.port) } };
    const before = await examine(home, port);
    expect(before.find("port")).toMatchObject({
      state: "warning",
      found: expect.stringContaining(`${other.port} is taken by process ${process.pid}`),
    });
    await home.output(["local", "start"], port);
    const running = await examine(home, port);
    expect(running.find("port")).toMatchObject({
      state: "warning",
      found: expect.stringContaining(`process ${process.pid}`),
    });
    expect(running.exitCode).toBe(0);
  });

  test("names MCP servers whose program is missing, and starts none", async () => {
    await using home = CommandHome.open({ config });
    await home.output(["mcp", "add", "there", "--", "touch", home.at("started")]);
    await home.output(["mcp", "add", "gone", "--", "no-such-program-anywhere"]);
    await home.output(["mcp", "add", "fetched", "--", "npx", "-y", "some-package"]);
    const { items } = await examine(home);
    expect(items.filter(({ name }) => name.startsWith("mcp server"))).toEqual([
      {
        name: "mcp server gone",
        state: "warning",
        found: "its program no-such-program-anywhere is not on the PATH",
        fix: expect.stringContaining("install no-such-program-anywhere"),
      },
    ]);
    expect(existsSync(home.at("started"))).toBe(false);
  });

  test.each(["with a daemon", "without one"])(
    "says which providers answer, in time and without a key, %s",
    async (which) => {
      await using home = CommandHome.open({ config });
      await using silent = await SilentServer.listen(0);
      const requests: Headers[] = [];
      using good = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        fetch: ({ headers }) => {
          requests.push(headers);
          return new Response("", { status: 401 });
        },
      });
      if (which === "with a daemon") await home.output(["local", "start"]);
      const found = await examine(home, {
        env: {
          ANTHROPIC_API_KEY: "sk-never-shown-1",
          ANTHROPIC_BASE_URL: good.url.href,
          OPENAI_API_KEY: "sk-never-shown-2",
          OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
          GEMINI_API_KEY: "sk-never-shown-3",
          GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${silent.port}`,
        },
      });
      expect(found.exitCode).toBe(1);
      expect(found.find("model anthropic")).toMatchObject({
        state: "ok",
        found: expect.stringContaining("key from ANTHROPIC_API_KEY"),
      });
      expect(found.find("model openai")?.state).toBe("problem");
      expect(found.find("model google")).toMatchObject({
        state: "problem",
        found: expect.stringContaining("no answer in time"),
      });
      expect(found.tookMs).toBeLessThan(10_000);
      expect(found.stdout + found.stderr).not.toContain("sk-never-shown");
      expect(requests.length).toBeGreaterThan(0);
      const sent = requests.map((headers) => JSON.stringify(headers.toJSON())).join();
      expect(sent).not.toContain("sk-never-shown");
    },
  );

  test("names a row that the disk changed", async () => {
    await using home = CommandHome.open({ config });
    await home.output(["agent", "create", "good", "-i", "a recognisable instruction"]);
    await home.output(["local", "stop"]);
    const file = join(home.home, "data/stigmer.db");
    const content = readFileSync(file);
    const at = content.indexOf("a recognisable instruction");
    content[at] = (content[at] ?? 0) ^ 0x20;
    writeFileSync(file, content);
    await home.output(["local", "start"]);
    const found = await examine(home);
    expect(found).toMatchObject({ exitCode: 1, problems: ["store rows"] });
    expect(found.find("store rows")?.found).toMatch(/1 damaged: a row of table \w+ \(.*\)/);
  });

  test("names a keychain that does not answer, in time", async () => {
    await using home = CommandHome.open({ config });
    const bus = home.at("bus");
    await using keychain = await SilentServer.listen(bus);
    const source = { kind: "keychain", namespace: "n", check: "c" };
    writeFileSync(join(home.home, "secret-source.json"), JSON.stringify(source), { mode: 0o600 });
    const found = await examine(home, { env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}` } });
    expect(keychain.asked).toBeGreaterThan(0);
    expect(found).toMatchObject({ exitCode: 1, problems: ["secret store"] });
    expect(found.find("secret store")?.found).toContain("keychain");
    expect(found.tookMs).toBeLessThan(10_000);
  });

  test("keeps to 80 columns, commands to copy aside", async () => {
    await using home = CommandHome.open({ config: "runner.mx: 4\n" });
    const options = { cwd: home.at("."), env: home.variables, width: 80 };
    using terminal = new PseudoTerminal([...commandLine, "doctor"], options);
    expect(await terminal.end()).toBe(1);
    expect(terminal.lines.join("\n")).toMatch(/^problem {2}settings/m);
    const tooWide = terminal.lines.filter((line) => line.length > 80 && !line.includes("fix: "));
    expect(tooWide.filter((line) => !/\S{40}/.test(line))).toEqual([]);
  });
});
