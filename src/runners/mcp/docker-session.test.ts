import { afterAll, describe, expect, test } from "bun:test";
import { TemporaryFolder } from "../../system/testing/temporary-folder.ts";
import { Containers } from "../../system/containers.ts";
import { pollUntil } from "../../system/process-group.ts";
import { groupMembers } from "./fixtures/child-processes.ts";
import { DockerEngine } from "./fixtures/docker-engine.ts";
import { testHost } from "./fixtures/test-host.ts";
import { openMcpSession } from "./mcp-session.ts";
import type { McpHost, McpServerDefinition } from "./server-definition.ts";

// The engine is a stand-in (fixtures/fake-docker.ts): what a real one does with these arguments is
// not shown here.

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const never = new AbortController().signal;

let count = 0;
function trial(program?: string): { engine: DockerEngine; host: McpHost } {
  const place = folder.at(`engine-${count++}`);
  const engine = new DockerEngine(place, program);
  const host = testHost(`${place}/mcp`);
  const PATH = `${engine.bin}:/usr/bin:/bin`;
  return { engine, host: { ...host, environment: { ...host.environment, PATH } } };
}

function image(name: string, env: Record<string, string> = {}): McpServerDefinition {
  const rest = { args: ["--read-only"], env, mounts: [], withoutNetwork: false };
  return { name: "box", transport: { kind: "docker", image: name, ...rest }, enabledTools: [] };
}

describe("a server in a container", () => {
  test("offers its tools, and gets values in its environment and never as arguments", async () => {
    const { engine, host } = trial();
    await using session = await openMcpSession(image("plain", { TOKEN: "s3cret" }), host, never);
    const { content } = await session.call("environment", {}, { signal: never });
    expect(JSON.stringify(content)).toContain("s3cret");
    const [run = []] = engine.calls;
    expect(run.join(" ")).toMatch(
      /^run --interactive --rm --init --name stigmer-box-[0-9a-f]{8} --label ai\.stigmer\.home=test-\S+ --env TOKEN plain --read-only$/,
    );
    expect(JSON.stringify(engine.calls)).not.toContain("s3cret");
    expect(JSON.stringify(content)).not.toContain("STIGMER_CHILD");
  });

  test("is removed with its session, also when it ends at nothing", async () => {
    for (const behaviour of ["plain", "stubborn"]) {
      const { engine, host } = trial();
      const session = await openMcpSession(image(behaviour), host, never);
      const [pid = 0] = engine.pids;
      await session[Symbol.asyncDispose]();
      expect(engine.containers).toEqual([]);
      const isGone = async () => (await groupMembers(pid)).length === 0;
      expect(await pollUntil(isGone, 2_000)).toBe(true);
      expect(await new Containers(host.cacheDir, host.environment).sweep("test-")).toEqual([]);
      expect(engine.calls.filter(([word]) => word === "rm")).toHaveLength(1);
    }
  });

  test("is removed when it does not shake hands", async () => {
    const { engine, host } = trial();
    const opening = openMcpSession(image("silent"), { ...host, connectTimeoutMs: 400 }, never);
    expect(await opening.catch(({ code }) => code)).toBe("deadline-exceeded");
    expect(engine.containers).toEqual([]);
  });

  test("runs with podman where there is no docker, and with neither is refused", async () => {
    const { engine, host } = trial("podman");
    await using session = await openMcpSession(image("plain"), host, never);
    expect(session.tools.length).toBeGreaterThan(0);
    expect(engine.calls[0]?.[0]).toBe("run");
    const bare = { ...host, environment: { PATH: folder.path } };
    const refused = openMcpSession(image("plain"), bare, never);
    expect(await refused.catch(({ message }) => message)).toContain("neither docker nor podman");
  });

  test.each(["DOCKER_HOST", "PATH", "HOME", "CONTAINER_HOST", "LD_PRELOAD"])(
    "may not set %s, which its client would read",
    async (name) => {
      const { host } = trial();
      const refused = openMcpSession(image("plain", { [name]: "x" }), host, never);
      expect(await refused.catch(({ code }) => code)).toBe("refused");
    },
  );

  test("that could not be removed keeps its record, within the time, for the next sweep", async () => {
    const { engine, host } = trial();
    await openMcpSession(image("stubborn"), host, never);
    const containers = new Containers(host.cacheDir, host.environment, 300);
    engine.hangAtRemoval();
    const started = performance.now();
    expect(await containers.sweep(host.childTag)).toEqual(engine.containers);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(await containers.sweep("another-tag")).toEqual([]);
    process.kill(-engine.pids[0]!, "SIGKILL");
  });
});
