import { describe, expect, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { killTagged } from "../../system/child-sweep.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import { TestChild, groupMembers, lineWith } from "./fixtures/child-processes.ts";
import { TemporaryFolder } from "../../system/testing/temporary-folder.ts";
import { scriptedServer, stdioServer, testHost } from "./fixtures/test-host.ts";
import { openMcpSession } from "./mcp-session.ts";
import type { McpServerDefinition } from "./server-definition.ts";

const never = new AbortController().signal;
const host = testHost("/nonexistent");
const impatientHost = { ...host, connectTimeoutMs: 300 };
const options = { signal: never };

function installedServer(name: string, ...args: string[]): McpServerDefinition {
  const entry = new URL(import.meta.resolve(`@modelcontextprotocol/${name}/dist/index.js`));
  return stdioServer([entry.pathname, ...args]);
}

function withCommand(command: string, more: { cwd?: string } = {}): McpServerDefinition {
  const transport = { kind: "stdio", command, args: [], env: {}, ...more } as const;
  return { name: "fixture", transport, enabledTools: [] };
}

function refusal(code: string, ...parts: string[]) {
  const message = expect.stringMatching(new RegExp(parts.join("[^]*")));
  return expect.objectContaining({
    code,
    message,
    hint: expect.stringContaining("stigmer mcp tools fixture"),
  });
}

describe("the everything server over stdio", () => {
  test("lists tools with their hints, and answers with text, images and structure", async () => {
    await using session = await openMcpSession(installedServer("server-everything"), host, never);
    const echo = session.tools.find((tool) => tool.name === "echo");
    expect(echo).toMatchObject({ readOnly: true, idempotent: true, title: "Echo Tool" });
    expect(echo?.inputSchema).toMatchObject({ properties: { message: { type: "string" } } });

    const text = await session.call("echo", { message: "hi" }, options);
    expect(text).toEqual({ isError: false, content: [{ kind: "text", text: "Echo: hi" }] });
    const image = await session.call("get-tiny-image", {}, options);
    expect(image.content.map((part) => part.kind)).toContain("image");
    const weather = await session.call("get-structured-content", { location: "Chicago" }, options);
    expect(weather.content).toEqual([
      { kind: "json", value: expect.objectContaining({ temperature: expect.any(Number) }) },
    ]);
  });

  test("offers nothing that needs roots, sampling or elicitation: we advertise none", async () => {
    await using session = await openMcpSession(installedServer("server-everything"), host, never);
    const names = session.tools.map((tool) => tool.name);
    expect(names).not.toContain("get-roots-list");
    expect(names).not.toContain("trigger-sampling-request");
    expect(names).not.toContain("trigger-elicitation-request");
  });

  test("offers the enabled tools only, and calls no other", async () => {
    const definition = { ...installedServer("server-everything"), enabledTools: ["get-sum"] };
    await using session = await openMcpSession(definition, host, never);
    expect(session.tools.map((tool) => tool.name)).toEqual(["get-sum"]);
    expect(await failureOf(session.call("echo", { message: "hi" }, options))).toMatchObject({
      code: "not-found",
    });
  });

  test("tells the model of wrong arguments", async () => {
    await using session = await openMcpSession(installedServer("server-everything"), host, never);
    const result = await session.call("get-sum", { a: "one" }, options);
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result.content)).toContain("expected number");
  });

  test("takes back a call that is aborted, and stays usable", async () => {
    await using session = await openMcpSession(installedServer("server-everything"), host, never);
    const abort = new AbortController();
    const args = { duration: 60, steps: 1 };
    const call = session.call("trigger-long-running-operation", args, { signal: abort.signal });
    abort.abort();
    expect(await failureOf(call)).toMatchObject({ code: "cancelled" });
    const late = session.call("trigger-long-running-operation", args, {
      ...options,
      timeoutMs: 50,
    });
    expect(await failureOf(late)).toMatchObject({ code: "deadline-exceeded" });
    expect((await session.call("echo", { message: "still here" }, options)).isError).toBe(false);
  });
});

describe("the filesystem server over stdio", () => {
  test("keeps to the folder it was given", async () => {
    using folder = new TemporaryFolder();
    await writeFile(folder.at("note.txt"), "remember");
    const definition = installedServer("server-filesystem", folder.path);
    await using session = await openMcpSession(definition, host, never);
    const inside = await session.call("read_text_file", { path: folder.at("note.txt") }, options);
    expect(JSON.stringify(inside.content)).toContain("remember");
    const outside = await session.call("read_text_file", { path: "/etc/passwd" }, options);
    expect(outside.isError).toBe(true);
  });
});

describe("a server that cannot be used", () => {
  test.each([
    ["exits at once", "exit", refusal("unavailable", "exit code 3", "stderr:\nmissing API_KEY$")],
    ["never answers", "silent", refusal("deadline-exceeded", "did not answer within 300 ms$")],
    [
      "prints only something else",
      "garbage",
      refusal("deadline-exceeded", "within 300 ms", 'first line was "Welcome to the server!"'),
    ],
  ])("%s, and the error tells", async (_, behaviour, expected) => {
    const opening = openMcpSession(scriptedServer(behaviour), impatientHost, never);
    expect(await failureOf(opening)).toEqual(expected);
  });

  test.each([
    ["a command that is not on PATH", withCommand("no-such-command"), "no command no-such-command"],
    ["a path that does not exist", withCommand("/no/such"), "/no/such does not exist"],
    ["a file that is not executable", withCommand("/etc/passwd"), "not executable"],
    ["a cwd that does not exist", withCommand("sh", { cwd: "/no/folder" }), "its cwd /no/folder"],
  ])("has %s, and the error names it", async (_, definition, part) => {
    const opening = openMcpSession(definition, host, never);
    expect(await failureOf(opening)).toEqual(refusal("failed-precondition", part));
  });

  test("is no longer waited for once the caller gives up", async () => {
    const opening = openMcpSession(scriptedServer("silent"), host, AbortSignal.timeout(100));
    expect(await failureOf(opening)).toMatchObject({ code: "cancelled" });
  });

  test("lacks an enabled tool: the error names the nearest and the server is ended", async () => {
    const definition = { ...scriptedServer("plain"), enabledTools: ["enviroment"] };
    expect(await failureOf(openMcpSession(definition, host, never))).toMatchObject({
      code: "not-found",
      message: expect.stringContaining('did you mean "environment"?'),
    });
  });
});

describe("a server with its own ideas", () => {
  test("may greet on stdout", async () => {
    await using session = await openMcpSession(scriptedServer("noisy"), host, never);
    expect(session.tools.length).toBeGreaterThan(0);
  });

  test("sees the given environment and no other", async () => {
    const definition = scriptedServer("plain", { TOKEN: "abc" });
    await using session = await openMcpSession(definition, host, never);
    const { content } = await session.call("environment", {}, options);
    const seen = JSON.parse(content[0]?.kind === "text" ? content[0].text : "") as object;
    expect(Object.keys(seen).toSorted()).toEqual(["HOME", "PATH", "STIGMER_CHILD", "TOKEN"]);
  });

  test("may answer 12 MB: the model gets the start, the caller everything", async () => {
    await using session = await openMcpSession(scriptedServer("plain"), host, never);
    const result = await session.call("big", { bytes: 12_000_000 }, options);
    expect(JSON.stringify(result.content)).toContain("the first 10000 of 12000000 bytes");
    expect(JSON.stringify(result.content).length).toBeLessThan(11_000);
    expect(result.truncated?.full).toEqual([{ kind: "text", text: "x".repeat(12_000_000) }]);
  });

  test("may not answer more than the message limit, and is started anew after it", async () => {
    await using session = await openMcpSession(scriptedServer("plain"), host, never);
    expect(await failureOf(session.call("big", { bytes: 70_000_000 }, options))).toMatchObject({
      code: "limit-reached",
    });
    expect((await session.call("big", { bytes: 1 }, options)).isError).toBe(false);
  });

  test("keeps a result that breaks its own output schema: the call has run", async () => {
    await using session = await openMcpSession(scriptedServer("plain"), host, never);
    const result = await session.call("mistype", {}, options);
    expect(result.content).toEqual([{ kind: "json", value: { number: "three" } }]);
  });

  test("may refuse with a protocol error, which is for the model", async () => {
    await using session = await openMcpSession(scriptedServer("plain"), host, never);
    const content = [{ kind: "text" as const, text: "that is no argument" }];
    expect(await session.call("refuse", {}, options)).toEqual({ isError: true, content });
  });
});

describe("a server that dies in a call", () => {
  test("is started anew and asked again, when the tool is safe", async () => {
    using folder = new TemporaryFolder();
    await using session = await openMcpSession(scriptedServer("plain"), host, never);
    const [firstPid] = session.pids();
    const result = await session.call("die-safely", { file: folder.at("calls") }, options);
    expect(result.content).toEqual([{ kind: "text", text: "call 2" }]);
    expect(session.pids()).not.toEqual([firstPid!]);
  });

  test("is not asked again when the tool is not: the outcome is unknown", async () => {
    using folder = new TemporaryFolder();
    await using session = await openMcpSession(scriptedServer("plain"), host, never);
    const call = session.call("die", { file: folder.at("calls") }, options);
    expect(await failureOf(call)).toMatchObject({
      code: "data-loss",
      message: expect.stringMatching(/outcome unknown[^]*exit code 9[^]*out of memory/),
    });
    expect(await readFile(folder.at("calls"), "utf8")).toBe("called\n");
    expect((await session.call("environment", {}, options)).isError).toBe(false);
  });
});

describe("closing", () => {
  test("leaves nothing, though the server and its child ignore the end of input and SIGTERM", async () => {
    const session = await openMcpSession(scriptedServer("stubborn"), host, never);
    const pgid = session.pids()[0]!;
    expect((await groupMembers(pgid)).length).toBeGreaterThan(1);
    const start = performance.now();
    await session[Symbol.asyncDispose]();
    expect(performance.now() - start).toBeLessThan(3000);
    expect(await groupMembers(pgid)).toEqual([]);
    expect(session.pids()).toEqual([]);
  });

  test("takes as long for five stubborn servers as for one", async () => {
    const definitions = Array.from({ length: 5 }, () => scriptedServer("stubborn"));
    const sessions = await Promise.all(
      definitions.map((definition) => openMcpSession(definition, host, never)),
    );
    const start = performance.now();
    await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
    expect(performance.now() - start).toBeLessThan(4000);
  });

  test("cancels the calls that still wait, and those that come later", async () => {
    const session = await openMcpSession(scriptedServer("plain"), host, never);
    const waiting = failureOf(session.call("wait", {}, options));
    await session[Symbol.asyncDispose]();
    expect(await waiting).toMatchObject({ code: "cancelled" });
    expect(await failureOf(session.call("wait", {}, options))).toMatchObject({ code: "cancelled" });
  });

  test("leaves nothing of a server that never answered", async () => {
    const definition = stdioServer([
      "-e",
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e3)",
    ]);
    await failureOf(openMcpSession(definition, impatientHost, never));
    expect(await killTagged(host.childTag)).toEqual([]);
  });
});

test("what a killed runner leaves behind is ended by a sweep for its tag", async () => {
  const tag = `owner-${crypto.randomUUID()}`;
  const owner = new URL("fixtures/session-owner.ts", import.meta.url).pathname;
  await using runner = new TestChild(
    Bun.spawn([process.execPath, owner, tag], { stdout: "pipe", stderr: "inherit" }),
  );
  const [pgid] = JSON.parse(await lineWith(runner.process.stdout, "[")) as [number];
  runner.process.kill("SIGKILL");
  await runner.process.exited;
  const left = await groupMembers(pgid);
  expect(left.length).toBeGreaterThan(1);
  expect(await killTagged(tag)).toEqual(expect.arrayContaining(left));
  expect(await groupMembers(pgid)).toEqual([]);
});
