import { expect, test } from "bun:test";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { failureOf } from "./fixtures/failure-of.ts";
import { groupMembers } from "./fixtures/child-processes.ts";
import { startPackageRegistry } from "./fixtures/package-registry.ts";
import { TemporaryFolder } from "../../system/testing/temporary-folder.ts";
import { testHost } from "./fixtures/test-host.ts";
import { openMcpSession } from "./mcp-session.ts";
import type { McpServerDefinition } from "./server-definition.ts";

const never = new AbortController().signal;

function npxServer(registry: string, cwd: string, ...args: string[]): McpServerDefinition {
  const env = { BUN_CONFIG_REGISTRY: registry };
  const transport = { kind: "stdio", command: "npx", args: ["-y", ...args], env, cwd } as const;
  return { name: "fixture", transport, enabledTools: [] };
}

/** A machine without Node: nothing is on PATH. */
function bareHost(folder: TemporaryFolder) {
  const host = testHost(folder.at("cache"));
  return { ...host, environment: { HOME: folder.path, PATH: folder.at("no-programs") } };
}

test("npx runs without Node, from a private cache, and the second time without a registry", async () => {
  using folder = new TemporaryFolder();
  await mkdir(folder.at("work"));
  const registry = await startPackageRegistry(folder.path);
  const definition = npxServer(registry.url, folder.at("work"), "scripted-mcp-server@1.0.0");
  const cold = await openMcpSession(definition, bareHost(folder), never);
  const pgid = cold.pids()[0]!;
  expect(cold.tools.map((tool) => tool.name)).toContain("environment");
  await cold[Symbol.asyncDispose]();
  expect(await groupMembers(pgid)).toEqual([]);
  expect(registry.requests).toContain("/scripted-mcp-server.tgz");
  expect(await readdir(folder.at("cache"))).not.toEqual([]);

  await registry[Symbol.asyncDispose]();
  await using warm = await openMcpSession(definition, bareHost(folder), never);
  expect((await warm.call("environment", {}, { signal: never })).isError).toBe(false);
});

test("npx runs nothing of a bunfig.toml and loads no .env of the working folder", async () => {
  using folder = new TemporaryFolder();
  await mkdir(folder.at("work"));
  await writeFile(folder.at("work/bunfig.toml"), 'preload = ["./evil.ts"]\n');
  await writeFile(folder.at("work/evil.ts"), 'await Bun.write("evil-ran", "");\n');
  await writeFile(folder.at("work/.env"), "FROM_DOTENV=1\n");
  await using registry = await startPackageRegistry(folder.path);
  const definition = npxServer(registry.url, folder.at("work"), "scripted-mcp-server");
  await using session = await openMcpSession(definition, bareHost(folder), never);
  const { content } = await session.call("environment", {}, { signal: never });
  expect(JSON.stringify(content)).not.toContain("FROM_DOTENV");
  expect(await readdir(folder.at("work"))).not.toContain("evil-ran");
});

test("npx of a package that does not exist says so", async () => {
  using folder = new TemporaryFolder();
  await mkdir(folder.at("work"));
  await using registry = await startPackageRegistry(folder.path);
  const definition = npxServer(registry.url, folder.at("work"), "no-such-package");
  const error = await failureOf(openMcpSession(definition, bareHost(folder), never));
  expect(error).toMatchObject({ code: "unavailable" });
  expect(String(error)).toMatch(
    /\(npx\) ended before it was ready: exit code 1[^]*no-such-package/,
  );
});
