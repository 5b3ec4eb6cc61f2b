import { describe, expect, test } from "bun:test";
import { failureOf } from "./fixtures/failure-of.ts";
import { TemporaryFolder } from "../../system/testing/temporary-folder.ts";
import { TestChild, lineWith } from "./fixtures/child-processes.ts";
import { testHost } from "./fixtures/test-host.ts";
import { openMcpSession } from "./mcp-session.ts";
import type { McpServerDefinition } from "./server-definition.ts";

const never = new AbortController().signal;
const host = testHost("/nonexistent");
const options = { signal: never };

function httpServer(url: string | URL, headers: Record<string, string> = {}): McpServerDefinition {
  return {
    name: "fixture",
    transport: { kind: "http", url: String(url), headers },
    enabledTools: [],
  };
}

async function startEverything(port: number) {
  const entry = new URL(
    import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"),
  );
  const child = Bun.spawn([process.execPath, entry.pathname, "streamableHttp"], {
    env: { ...process.env, PORT: String(port) },
    stdout: "ignore",
    stderr: "pipe",
  });
  await lineWith(child.stderr, "listening");
  return new TestChild(child);
}

async function freePort(): Promise<number> {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = server.port!;
  await server.stop(true);
  return port;
}

/** A server that gives every request the same answer. */
function answering(respond: (request: Request) => Response | Promise<Response>) {
  return Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: respond });
}

describe("the everything server over streamable HTTP", () => {
  test("lists and calls tools, and has no process of ours", async () => {
    const port = await freePort();
    await using _ = await startEverything(port);
    await using session = await openMcpSession(
      httpServer(`http://127.0.0.1:${port}/mcp`),
      host,
      never,
    );
    expect(session.tools.map((tool) => tool.name)).toContain("get-sum");
    const result = await session.call("echo", { message: "hi" }, options);
    expect(result).toEqual({ isError: false, content: [{ kind: "text", text: "Echo: hi" }] });
    expect(session.pids()).toEqual([]);
  });

  test("may forget the session: a safe call is made again on a new one", async () => {
    const port = await freePort();
    const definition = httpServer(`http://127.0.0.1:${port}/mcp`);
    await using first = await startEverything(port);
    await using session = await openMcpSession(definition, host, never);
    await first[Symbol.asyncDispose]();
    await using _ = await startEverything(port);
    expect((await session.call("echo", { message: "hi" }, options)).isError).toBe(false);
  });

  test("may forget the session: the outcome of an unsafe call is unknown, the next one works", async () => {
    const port = await freePort();
    const definition = httpServer(`http://127.0.0.1:${port}/mcp`);
    await using first = await startEverything(port);
    await using session = await openMcpSession(definition, host, never);
    await first[Symbol.asyncDispose]();
    await using _ = await startEverything(port);
    const unsafe = session.call("toggle-simulated-logging", {}, options);
    expect(await failureOf(unsafe)).toMatchObject({
      code: "data-loss",
      message: expect.stringContaining("outcome unknown"),
    });
    expect((await session.call("toggle-simulated-logging", {}, options)).isError).toBe(false);
  });

  test("may die in a call: that is found out long before the call's time is over", async () => {
    const port = await freePort();
    await using server = await startEverything(port);
    const definition = httpServer(`http://127.0.0.1:${port}/mcp`);
    const patientHost = { ...host, callTimeoutMs: 600_000 };
    await using session = await openMcpSession(definition, patientHost, never);
    const args = { duration: 600, steps: 1 };
    const call = failureOf(session.call("trigger-long-running-operation", args, options));
    // The answer to a later call proves that the server has the earlier one.
    await session.call("echo", { message: "hi" }, options);
    await server[Symbol.asyncDispose]();
    expect(await call).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("cannot be reached (ECONNREFUSED)"),
    });
  }, 20_000);
});

describe("a server that cannot be used", () => {
  test("wants credentials, and the error says which header to add", async () => {
    const headers = { "www-authenticate": 'Bearer realm="mcp"' };
    using server = answering(() => new Response("no", { status: 401, headers }));
    const error = await failureOf(openMcpSession(httpServer(server.url), host, never));
    expect(error).toMatchObject({
      code: "unauthenticated",
      message: expect.stringMatching(
        /got no Authorization header; it asks for: Bearer realm="mcp"/,
      ),
      hint: expect.stringContaining("Authorization"),
    });
  });

  test("refuses the credentials, and the error names the header but not its value", async () => {
    const sent: (string | null)[] = [];
    using server = answering((request) => {
      sent.push(request.headers.get("authorization"));
      return new Response("no", { status: 401 });
    });
    const definition = httpServer(server.url, { authorization: "Bearer hunter2" });
    const error = await failureOf(openMcpSession(definition, host, never));
    expect(sent).toContain("Bearer hunter2");
    expect(error).toMatchObject({
      code: "unauthenticated",
      message: expect.stringContaining("refused the credentials in the header authorization"),
    });
    expect(Bun.inspect(error)).not.toContain("hunter2");
  });

  test.each([
    ["403", 403, "permission-denied", "denied access (403)"],
    ["404", 404, "unavailable", "has no MCP endpoint there (404)"],
    ["429", 429, "resource-exhausted", "answered 429"],
    ["503", 503, "unavailable", "answered 503"],
  ])("answers %s", async (_, status, code, part) => {
    using server = answering(() => new Response("no", { status }));
    const error = await failureOf(openMcpSession(httpServer(server.url), host, never));
    expect(error).toMatchObject({ code, message: expect.stringContaining(part) });
  });

  test("answers with a web page", async () => {
    const headers = { "content-type": "text/html" };
    using server = answering(() => new Response("<html>", { headers }));
    const error = await failureOf(openMcpSession(httpServer(server.url), host, never));
    expect(error).toMatchObject({
      code: "incompatible",
      message: expect.stringContaining("does not speak MCP"),
    });
  });

  test("sends us elsewhere, with our headers: that is not followed", async () => {
    let visits = 0;
    using other = answering(() => {
      visits += 1;
      return new Response("", { status: 404 });
    });
    using server = answering(() => Response.redirect(other.url.href, 307));
    const error = await failureOf(openMcpSession(httpServer(server.url), host, never));
    expect(error).toMatchObject({ message: expect.stringContaining("not followed") });
    expect(visits).toBe(0);
  });

  test("is not there", async () => {
    const definition = httpServer(
      `http://user:hunter2@127.0.0.1:${await freePort()}/mcp?key=hunter2`,
    );
    const error = await failureOf(openMcpSession(definition, host, never));
    expect(error).toMatchObject({ code: "unavailable" });
    expect(String(error)).toEndWith("/mcp cannot be reached (ECONNREFUSED)");
    expect(String(error)).not.toContain("hunter2");
  });

  test("never answers", async () => {
    using server = answering(() => Promise.withResolvers<Response>().promise);
    const impatient = { ...host, connectTimeoutMs: 200 };
    const error = await failureOf(openMcpSession(httpServer(server.url), impatient, never));
    expect(error).toMatchObject({ code: "deadline-exceeded" });
    const aborted = openMcpSession(httpServer(server.url), host, AbortSignal.timeout(100));
    expect(await failureOf(aborted)).toMatchObject({ code: "cancelled" });
  });

  test("answers more than a message may hold", async () => {
    const headers = { "content-type": "application/json" };
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    let sent = 0;
    using server = answering(() => {
      const body = new ReadableStream({
        pull(controller) {
          sent += chunk.length;
          controller.enqueue(chunk);
        },
      });
      return new Response(body, { headers });
    });
    const error = await failureOf(openMcpSession(httpServer(server.url), host, never));
    expect(error).toMatchObject({ message: expect.stringContaining("larger than 67108864 bytes") });
    expect(sent).toBeLessThan(100 * 1024 * 1024);
  });

  test.skipIf(Bun.which("openssl") === null)("has a certificate nobody vouches for", async () => {
    using folder = new TemporaryFolder();
    const [key, cert] = [folder.at("key.pem"), folder.at("cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-days", "1", "-keyout", key, "-out", cert];
    const made = Bun.spawnSync([
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      ...subject,
    ]);
    expect(made.exitCode).toBe(0);
    using server = Bun.serve({
      port: 0,
      tls: { key: Bun.file(key), cert: Bun.file(cert) },
      fetch: () => new Response(),
    });
    const definition = httpServer(`https://localhost:${server.port}/mcp`);
    expect(await failureOf(openMcpSession(definition, host, never))).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("cannot be trusted (DEPTH_ZERO_SELF_SIGNED_CERT)"),
      hint: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
  });

  test.each([
    ["ftp://127.0.0.1/mcp", {}, "no http or https url"],
    ["mcp", {}, "no http or https url"],
    ["http://127.0.0.1/mcp", { "a b": "x" }, 'cannot be sent: "a b"'],
  ])("is defined as %s with headers %j", async (url, headers, part) => {
    expect(await failureOf(openMcpSession(httpServer(url, headers), host, never))).toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining(part),
    });
  });
});
