import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { serveModels } from "../support/scripted-model.ts";
import { isLeftOut } from "../support/remote-mode.ts";

setDefaultTimeout(60_000);

const lent = "sk-lent-by-the-caller-0001";
const kept = "sk-kept-by-the-login-0002";
const program = fileURLToPath(
  new URL("../../src/runners/mcp/fixtures/scripted-server.ts", import.meta.url),
);

describe("the key of a model provider", () => {
  let models: ScriptServer;
  let home: CommandHome;
  /** What the provider was sent as a key, newest last. */
  const sentKeys: (string | null)[] = [];
  let provider: ReturnType<typeof Bun.serve>;
  let caller: { env: Record<string, string> };
  beforeAll(async () => {
    models = serveModels({
      looker: [
        { tools: [{ name: "tools__environment" }] },
        { text: "{{toolResult}}", chunk: 2_000, delayMs: 1_000 },
      ],
    });
    provider = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      idleTimeout: 0,
      fetch: (request) => {
        sentKeys.push(request.headers.get("authorization"));
        const { pathname } = new URL(request.url);
        return fetch(new URL(pathname, models.url), request);
      },
    });
    const baseUrl = new URL("v1", provider.url).href;
    caller = { env: { OPENAI_API_KEY: lent, OPENAI_BASE_URL: baseUrl } };
    home = CommandHome.open({ config: `providers.openai.baseUrl: ${baseUrl}\nlog.level: debug\n` });
    await home.output(["mcp", "add", "tools", "--", process.execPath, program], caller);
    const looker = ["agent", "create", "looker", "-i", "Look.", "--mcp", "tools"];
    await home.output([...looker, "-m", "openai/looker"], caller);
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await provider.stop(true);
    await models[Symbol.asyncDispose]();
  });

  test.skipIf(isLeftOut("lent keys"))(
    "that the caller lends is used and stands nowhere",
    async () => {
      const id = (await home.output(["agent", "execute", "looker", "look", "-d"], caller)).trim();
      const watching = home.start(["execution", "watch", id]);
      await watching.says("tools__environment", "stdout");
      expect(processesThatKnow(lent)).toEqual([]);
      expect(await watching.end()).toMatchObject({ exitCode: 0 });

      expect(sentKeys.at(-1)).toBe(`Bearer ${lent}`);
      const record = await home.output(["execution", "get", id, "-o", "json"]);
      expect(record).toContain("STIGMER_CHILD");
      expect(record).not.toContain(lent);
      expect(filesThatHold(home.home, lent)).toEqual([]);
      expect(await home.json(["model", "list", "openai"], caller)).toMatchObject({
        items: [{ name: "openai", keySource: "OPENAI_API_KEY" }],
      });
    },
  );

  test("that nobody gives is asked for, with the ways to give it", async () => {
    const end = await home.run(["agent", "execute", "looker", "look", "-m", "anthropic/any"]);
    expectRefusal(end, {
      exitCode: 4,
      error: "No key for Anthropic",
      hint: "stigmer model login anthropic or set ANTHROPIC_API_KEY",
    });
  });

  test("that is stored is used from one private file until it is forgotten", async () => {
    const login = await home.run(["model", "login", "openai", "-"], { stdin: `${kept}\n` });
    expect(login).toMatchObject({ exitCode: 0, stdout: "key of openai stored (file)\n" });
    expect(login.stderr).toMatch(/^warning: .*credentials\.json/m);
    const file = join(home.home, "credentials.json");
    expect(filesThatHold(home.home, kept)).toEqual([file]);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    expect(await home.run(["agent", "execute", "looker", "look"])).toMatchObject({ exitCode: 0 });
    expect(sentKeys.at(-1)).toBe(`Bearer ${kept}`);
    const restarted = await home.run(["local", "restart"]);
    expect(restarted.exitCode).toBe(0);
    await home.output(["model", "test", "openai/plain"]);
    expect(sentKeys.at(-1)).toBe(`Bearer ${kept}`);
    expect(filesThatHold(home.home, kept)).toEqual([file]);
    expect(processesThatKnow(kept)).toEqual([]);

    expect(await home.output(["model", "logout", "openai"])).toBe("key of openai forgotten\n");
    expect(filesThatHold(home.home, kept)).toEqual([]);
    await home.run(["model", "test", "openai/plain"]);
    expect(sentKeys.at(-1)).not.toContain("sk-");
  });
});

/** Files below a folder with these bytes: database, journal, log, artifacts and all others. */
function filesThatHold(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

/** Other processes with this text in their arguments or variables. */
function processesThatKnow(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => ["cmdline", "environ"].some((file) => readProcess(pid, file).includes(text)))
    .map((pid) => readProcess(pid, "cmdline").replaceAll("\0", " "));
}

function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return ""; // It has ended, or it is another user's.
  }
}
