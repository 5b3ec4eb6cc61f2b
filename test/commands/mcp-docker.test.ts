import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { DockerEngine } from "../../src/runners/mcp/fixtures/docker-engine.ts";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { pollUntil } from "../../src/system/process-group.ts";
import { TemporaryFolder } from "../../src/system/testing/temporary-folder.ts";
import { readProcessTable } from "../../src/system/process-table.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";

setDefaultTimeout(60_000);

// The engine is a stand-in (src/runners/mcp/fixtures/fake-docker.ts) that starts real processes.

const models = { waiting: [{ tools: [{ name: "box__wait" }] }, { text: "Done." }] };

describe("mcp add --docker", () => {
  let server: ScriptServer;
  let home: CommandHome;
  let engine: DockerEngine;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    server = serveModels(models);
    folder = new TemporaryFolder();
    engine = new DockerEngine(folder.at("engine"));
    const PATH = `${engine.bin}:${process.env["PATH"]}`;
    home = CommandHome.open({ config: configFor(server), env: { PATH } });
    const box = ["mcp", "add", "box", "--docker", "example/tools:stubborn", "--env", "TOKEN"];
    await home.output([...box, "--", "--privileged"]);
    await home.output(["environment", "create", "keys", "TOKEN=t0ken"]);
    await home.output(["agent", "create", "worker", "-i", "Work.", "--mcp", "box", "-e", "keys"]);
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test("stores the image and its arguments, and shows them", async () => {
    const { spec } = await home.json(["mcp", "get", "box"]);
    expect(spec.docker).toEqual({
      image: "example/tools:stubborn",
      args: ["--privileged"],
      env: { TOKEN: "${TOKEN}" },
    });
    expect(await home.output(["mcp", "list"])).toMatch(
      /box +docker +example\/tools:stubborn --privileged/,
    );
  });

  test("offers the tools of the container, with nothing of the user's behind the image", async () => {
    expect(await home.output(["mcp", "tools", "box", "-e", "keys"])).toContain("environment");
    const answer = await home.output(["mcp", "call", "box", "environment", "-e", "keys"]);
    expect(answer).toContain("t0ken");
    const run = engine.calls.find(([word]) => word === "run") ?? [];
    expect(run.slice(-4)).toEqual(["--env", "TOKEN", "example/tools:stubborn", "--privileged"]);
    expect(JSON.stringify(engine.calls)).not.toContain("t0ken");
    expect(await pollUntil(async () => engine.containers.length === 0, 10_000)).toBe(true);
  });

  test("has its container removed when the runner is killed", async () => {
    const flags = ["-m", "openai-compatible/waiting", "--detach", "-q"];
    const id = (await home.output(["agent", "execute", "worker", "go", ...flags])).trim();
    expect(await pollUntil(async () => engine.containers.length === 1, 20_000)).toBe(true);
    const [pid = 0] = engine.pids;
    process.kill(runners().at(-1) ?? 0, "SIGKILL");
    const isGone = async () => !(await readProcessTable()).some((entry) => entry.pgid === pid);
    expect(await pollUntil(isGone, 10_000)).toBe(true);

    await home.output(["execution", "cancel", id]);
    await home.run(["execution", "wait", id]);
    expect(await pollUntil(async () => engine.containers.length === 0, 10_000)).toBe(true);
  });

  test.each([
    [
      "an image and a URL",
      ["--docker", "a", "--url", "http://127.0.0.1/mcp"],
      "--url and --docker",
    ],
    ["a working folder", ["--docker", "a", "--cwd", "/tmp"], "--cwd has no meaning"],
  ])("refuses %s", async (_, flags, error) => {
    const end = await home.run(["mcp", "add", "other", ...flags]);
    expectRefusal(end, { exitCode: 2, error, hint: /./ });
  });

  test("refuses an image that reads like an option of the engine", async () => {
    const end = await home.run(["mcp", "add", "other", "--docker=--privileged"]);
    expectRefusal(end, { exitCode: 2, error: "spec.docker.image" });
  });

  function runners(): number[] {
    const lines = readFileSync(`${home.home}/logs/daemon.log`, "utf8").trimEnd().split("\n");
    return lines
      .map((line) => JSON.parse(line) as { message: string; pid: number })
      .filter(({ message }) => message === "runner started")
      .map(({ pid }) => pid);
  }
});
