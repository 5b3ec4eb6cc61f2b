import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { RemoteServer } from "../support/remote-server.ts";
import { ResultValidator } from "../support/result-validator.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";
import { SilentServer } from "../support/silent-server.ts";
import { TestCertificates } from "../support/test-certificates.ts";
import { TlsProxy } from "../support/tls-proxy.ts";
import { isLeftOut } from "../support/remote-mode.ts";

setDefaultTimeout(60_000);

const validator = new ResultValidator();
const text = "One piece after the other.";
let models: ScriptServer;
let server: CommandHome;
let remote: RemoteServer;
beforeAll(async () => {
  models = serveModels({
    slow: [{ text, chunk: 5, delayMs: 400 }],
    denied: [{ fail: { status: 401, times: "always" } }],
  });
  const config = configFor(models, { "model.default": "script/echo" });
  server = CommandHome.open({ config, local: true });
  await server.output(["agent", "create", "far", "-i", "Repeat."]);
  remote = await RemoteServer.start(server.home, server.at());
});
afterAll(async () => {
  await remote[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await models[Symbol.asyncDispose]();
});

const options = () => ["--ca-file", remote.authority, "--name", "far"];

async function loggedIn(): Promise<CommandHome> {
  const home = CommandHome.open({ local: true });
  await home.output(["login", remote.address, "--token-file", remote.tokenFile, ...options()]);
  return home;
}

describe.skipIf(isLeftOut("contexts"))("a login", () => {
  test("asks the server first, then commands go there and nothing is started here", async () => {
    await using home = CommandHome.open({ local: true });
    const end = await home.run(["login", remote.address, "-", ...options()], {
      stdin: `${remote.token}\n`,
    });
    expect(end).toMatchObject({
      exitCode: 0,
      stdout: `logged in to https://${remote.address} as local; commands go to context far\n`,
    });
    expect(await home.output(["agent", "list", "-q"])).toBe("far\n");
    expect(await home.output(["agent", "execute", "far", "hello"])).toBe("hello\n");
    expect(await home.json(["whoami"])).toMatchObject({
      context: "far",
      server: `https://${remote.address}`,
      kind: "user",
      actor: "local",
    });
    const status = await home.run(["local", "status"]);
    expect(status).toMatchObject({ exitCode: 7, stderr: expect.stringContaining("context far") });
    const here = await home.run(["agent", "list", "--context", "local", "--no-start"]);
    expect(here).toMatchObject({ exitCode: 7, stderr: expect.stringContaining("local start") });
  });

  test("keeps the token in one private file and shows it nowhere", async () => {
    await using home = await loggedIn();
    const ends = [
      await home.run(["login", remote.address, "--token-file", remote.tokenFile, ...options()]),
      await home.run(["context", "list", "-o", "json"]),
      await home.run(["context", "show", "-o", "yaml"]),
      await home.run(["whoami", "-o", "json"]),
      await home.run(["config", "list", "-o", "json"]),
    ];
    expect(JSON.stringify(ends)).not.toContain(remote.token);
    expect(filesThatHold(home.home, remote.token)).toEqual(["credentials.json"]);
    expect(statSync(join(home.home, "credentials.json")).mode & 0o777).toBe(0o600);
    expect(statSync(join(home.home, "contexts.yaml")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(server.home, "logs", "daemon.log"), "utf8")).not.toContain(
      remote.token,
    );
  });

  test("with another's certificate names --ca-file", async () => {
    await using home = CommandHome.open({ local: true });
    const end = await home.run(["login", remote.address, "--token-file", remote.tokenFile]);
    expectRefusal(end, {
      exitCode: 7,
      error: "signed by nobody who is trusted",
      hint: "--ca-file",
    });
    expect(await home.output(["context", "list", "-q"])).toBe("local\n");
  });

  test("with a token that is not valid ends with 4 and keeps nothing", async () => {
    await using home = CommandHome.open({ local: true });
    const end = await home.run(["login", remote.address, "-", ...options()], {
      stdin: "not-the-token-1234",
    });
    expectRefusal(end, { exitCode: 4, error: "does not accept the token", hint: "stigmer login" });
    expect(end.stderr).not.toContain("not-the-token-1234");
    expect(await home.output(["context", "list", "-q"])).toBe("local\n");
  });

  test("without a server says where one can be named", async () => {
    await using home = CommandHome.open({ local: true });
    const hint = "config set cloud.server";
    expectRefusal(await home.run(["login"]), { exitCode: 2, error: "No server", hint });
    await home.output(["config", "set", "cloud.server", remote.address]);
    const variable = { env: { STIGMER_API_KEY: remote.token } };
    await home.output(["login", "--api-key-from-env", ...options()], variable);
    expect((await home.json(["context", "show"])).server).toBe(`https://${remote.address}`);
  });

  test.each([
    { args: ["localhost:1", "-"], exitCode: 7, error: "cannot be reached", hint: "host and port" },
    { args: ["http://192.0.2.1", "-"], exitCode: 10, error: "not encrypted", hint: "https://" },
    { args: ["ftp://localhost", "-"], exitCode: 2, error: "no address", hint: "https://HOST" },
    { args: ["https://me:pw1@host", "-"], exitCode: 2, error: "password", hint: "HOST" },
    {
      args: ["localhost:1", "tok-123"],
      exitCode: 2,
      error: "never taken from an",
      hint: "stdin|-",
    },
    { args: ["localhost:1"], exitCode: 2, error: "nobody to ask", hint: "--token-file" },
    { args: ["localhost:1", "-", "--name", "local"], exitCode: 2, error: "local", hint: "--name" },
  ])("to $args ends with $exitCode", async ({ args, exitCode, error, hint }) => {
    await using home = CommandHome.open({ local: true });
    const end = await home.run(["login", ...args], { stdin: "some-token" });
    expectRefusal(end, { exitCode, error, hint: new RegExp(hint) });
    expect(end.stderr).not.toMatch(/some-token|pw1|tok-123/);
  });

  test("refuses a token file that others may read", async () => {
    await using home = CommandHome.open({ local: true });
    writeFileSync(home.at("token"), remote.token);
    chmodSync(home.at("token"), 0o644);
    const args = ["login", remote.address, "--token-file", home.at("token"), ...options()];
    expectRefusal(await home.run(args), {
      exitCode: 4,
      error: "lets others in",
      hint: "chmod 600",
    });
  });

  test("takes a certificate of the client in place of a token", async () => {
    const certificates = new TestCertificates(server.at());
    const files = certificates.sign("asks", ["DNS:localhost"]);
    const client = certificates.sign("client", ["DNS:client"]);
    const port = Number((await server.json(["local", "status"])).addresses[1].split(":")[1]);
    const clientAuthority = certificates.authority;
    await using proxy = await TlsProxy.start({
      ...files,
      upstreamPort: () => port,
      clientAuthority,
    });
    await using home = CommandHome.open({ local: true });
    const login = ["login", `localhost:${proxy.port}`, ...options()];
    const certified = ["--client-cert", client.certificate, "--client-key", client.key];
    expectRefusal(await home.run([...login, "-"], { stdin: remote.token }), {
      exitCode: 7,
      error: "localhost",
      hint: /./,
    });
    const kept = await home.json([...login, ...certified]);
    expect(kept).toMatchObject({ authentication: "certificate" });
    expect(validator.problems("login", kept)).toEqual([]);
    expect(await home.output(["agent", "list", "-q"])).toBe("far\n");
    const gone = await home.json(["context", "delete", "far"]);
    expect(validator.problems("context delete", gone)).toEqual([]);
  });

  test("to another server never takes the name of a context, and asks nobody", async () => {
    await using home = await loggedIn();
    let asked = 0;
    using other = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Response(`${++asked}`),
    });
    const refusal = { exitCode: 6, error: `far is one of https://${remote.address}` };
    for (const address of [`http://localhost:${other.port}`, `http://${remote.address}`]) {
      const end = await home.run(["login", address, "-", "--name", "far"], { stdin: "tok" });
      expectRefusal(end, { ...refusal, hint: /--name NAME.*stigmer context delete far/ });
    }
    expect(asked).toBe(0);
    expect(await home.output(["agent", "list", "-q"])).toBe("far\n");
  });

  test("under the name that another scheme of the same host has is refused", async () => {
    await using home = CommandHome.open({ local: true });
    const login = ["login", remote.address, "--token-file", remote.tokenFile];
    await home.output([...login, "--ca-file", remote.authority]);
    const end = await home.run(["login", `http://${remote.address}`, "-"], { stdin: "tok" });
    expectRefusal(end, {
      exitCode: 6,
      error: `is one of https://${remote.address}`,
      hint: "--name",
    });
  });

  test("to something that is no stigmer server says so", async () => {
    await using home = CommandHome.open({ local: true });
    using web = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("hello") });
    const end = await home.run(["login", `http://localhost:${web.port}`, "-"], { stdin: "tok" });
    expectRefusal(end, { exitCode: 7, error: "no stigmer server", hint: "host and port" });
  });
});

describe.skipIf(isLeftOut("contexts"))("a context", () => {
  test("is chosen by flag, then variable, then setting", async () => {
    await using home = await loggedIn();
    const current = async (args: string[], env: Record<string, string> = {}) =>
      (await home.json(["context", "show", ...args], { env })).name;
    expect(await current([])).toBe("far");
    expect(await current([], { STIGMER_CONTEXT: "local" })).toBe("local");
    expect(await current(["--context", "far"], { STIGMER_CONTEXT: "local" })).toBe("far");
    const chosen = await home.json(["context", "use", "local"]);
    expect(chosen).toMatchObject({ name: "local", current: true });
    expect(validator.problems("context use", chosen)).toEqual([]);
    expect(await current([])).toBe("local");
    const end = await home.run(["agent", "list", "--context", "fra"]);
    expectRefusal(end, { exitCode: 5, error: 'no context "fra"', hint: "context list" });
  });

  test("that is current and is deleted leaves local, and its token is gone", async () => {
    await using home = await loggedIn();
    expect(await home.output(["context", "delete", "far"])).toContain("commands go to local");
    expect(filesThatHold(home.home, remote.token)).toEqual([]);
    expect(await home.json(["context", "list"])).toMatchObject({
      items: [{ name: "local", current: true }],
    });
    expect((await home.run(["context", "delete", "local"])).exitCode).toBe(2);
    expect((await home.run(["context", "delete", "far"])).exitCode).toBe(5);
  });

  test("that is logged out of has no token and says how to get in again", async () => {
    await using home = await loggedIn();
    const left = await home.json(["logout"]);
    expect(left).toEqual({ context: "far", removed: true });
    expect(validator.problems("logout", left)).toEqual([]);
    expect(filesThatHold(home.home, remote.token)).toEqual([]);
    const end = await home.run(["agent", "list"]);
    expectRefusal(end, { exitCode: 4, error: "logged out", hint: /stigmer login https:.*far/ });
    // What the first login said of certificates is not asked for again.
    await home.output(["login", remote.address, "--token-file", remote.tokenFile]);
    expect(await home.output(["agent", "list", "-q"])).toBe("far\n");
  });

  test("whose token ended is refused with 4", async () => {
    await using home = await loggedIn();
    const file = join(home.home, "credentials.json");
    const tokens = Object.keys(JSON.parse(readFileSync(file, "utf8")));
    writeFileSync(
      file,
      JSON.stringify(Object.fromEntries(tokens.map((name) => [name, "expired"]))),
    );
    const end = await home.run(["agent", "list"]);
    expectRefusal(end, { exitCode: 4, error: "does not accept the token", hint: "stigmer login" });
  });

  test("is not blamed for a key of a provider that is refused", async () => {
    await using home = await loggedIn();
    const end = await home.run(["model", "test", "openai-compatible/denied"]);
    expectRefusal(end, { exitCode: 4, error: "HTTP 401", hint: "model login" });
  });

  test("whose server is started again goes on with what is followed", async () => {
    await using home = await loggedIn();
    const { pid } = await server.json(["local", "status"]);
    const slow = ["agent", "execute", "far", "talk", "-m", "openai-compatible/slow"];
    const running = home.start(slow);
    await running.says("One", "stdout");
    process.kill(pid, "SIGKILL");
    await server.output(["local", "start"]);
    const end = await running.end();
    expect(end).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("other.") });
    expect(end.stderr).toContain("connecting again");
  });

  test("never gets the caller's keys of model providers", async () => {
    await using home = await loggedIn();
    const env = { OPENAI_API_KEY: "sk-of-the-caller" };
    const { items } = await home.json(["model", "list", "openai"], { env });
    expect(items[0].keySource ?? "").toBe("");
    const end = await home.run(["agent", "execute", "far", "x", "-m", "openai/any"], { env });
    expect(end).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("No key") });
  });
});

describe.skipIf(isLeftOut("contexts"))("a keychain that does not answer", () => {
  test("holds up neither a login, which keeps the token in a file and says so, nor a command", async () => {
    await using home = CommandHome.open({ local: true });
    await using keychain = await SilentServer.listen(home.at("bus"));
    const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${home.at("bus")}` };
    const args = ["login", remote.address, "--token-file", remote.tokenFile, ...options()];
    const login = await home.run(args, { env });
    expect(login).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("keychain") });
    expect(keychain.asked).toBeGreaterThan(0);
    expect(login.tookMs).toBeLessThan(10_000);

    const chosen = { kind: "keychain", namespace: "n", check: "c" };
    writeFileSync(join(home.home, "secret-source.json"), JSON.stringify(chosen));
    const list = await home.run(["agent", "list"], { env });
    const refusal = { exitCode: 7, error: "keychain cannot be used", hint: "unlock" };
    expectRefusal(list, { ...refusal, withinMs: 10_000 });
    const deleted = await home.run(["context", "delete", "far"], { env });
    expect(deleted).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("keychain") });
  });
});

describe.skipIf(isLeftOut("contexts"))("a server that hangs", () => {
  test("is named within the deadline", async () => {
    await using home = await loggedIn();
    const { pid } = await server.json(["local", "status"]);
    process.kill(pid, "SIGSTOP");
    try {
      const [list, short] = await Promise.all([
        home.run(["agent", "list"]),
        home.run(["agent", "list", "--timeout", "1s"]),
      ]);
      const silent = { exitCode: 7, error: "does not answer", hint: "context list" };
      expectRefusal(list, { ...silent, withinMs: 14_000 });
      expectRefusal(short, {
        exitCode: 124,
        error: "Not done",
        hint: "--timeout",
        withinMs: 4_000,
      });
    } finally {
      process.kill(pid, "SIGCONT");
    }
  });

  test("in the middle of the handshake is named too", async () => {
    await using home = CommandHome.open({ local: true });
    const deaf = createServer(() => {}).listen(0, "127.0.0.1");
    const { port } = deaf.address() as { port: number };
    const end = await home.run(["login", `localhost:${port}`, "-"], { stdin: "some-token" });
    deaf.close();
    expectRefusal(end, { exitCode: 7, error: "does not answer", hint: /./, withinMs: 20_000 });
  });
});

/** Files of a data folder that hold a text, by name. */
function filesThatHold(folder: string, secret: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== join(folder, "run"))
    .filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(secret))
    .map((entry) => entry.name);
}
