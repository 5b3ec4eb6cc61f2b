import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { TemporaryFolder } from "../../src/system/testing/temporary-folder.ts";
import { CommandHome } from "../support/command-home.ts";
import { commandLine } from "../support/command-line.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";
import { SmallDisk, smallDiskProblem } from "../support/small-disk.ts";
import { isLeftOut } from "../support/remote-mode.ts";

setDefaultTimeout(60_000);

const config = "model.default: script/echo\n";
const writable = "set STIGMER_HOME to a folder that you can write";

async function expectGoodRun(home: CommandHome): Promise<void> {
  expect(await home.output(["agent", "execute", "good", "still here"])).toBe("still here\n");
}

describe.skipIf(isLeftOut("data folder"))("a data folder", () => {
  test("has one daemon: a second says that it runs already", async () => {
    await using home = CommandHome.open({ config });
    await home.output(["agent", "create", "good", "-i", "Repeat."]);
    const { pid } = await home.json(["local", "status"]);

    const again = await home.run(["local", "start"]);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toContain(`${pid}`);
    expect(again.stderr).toContain("It runs already.");
    expectRefusal(await home.run(["local", "start", "--foreground"]), {
      exitCode: 6,
      error: "Another daemon holds the data folder",
      hint: "stigmer local status",
    });
    expect(await home.run(["__daemon"])).toMatchObject({ exitCode: 73, stdout: "" });

    expect(await home.json(["local", "status"])).toMatchObject({ pid });
    await expectGoodRun(home);
  });

  test("that nobody named stops the command and not --help", async () => {
    await using home = CommandHome.open();
    const nowhere = { env: { HOME: "", STIGMER_HOME: "" } };
    const refusal = { exitCode: 1, error: "HOME is not set", hint: writable };
    expectRefusal(await home.run(["agent", "list"], nowhere), refusal);
    expectRefusal(await home.run(["local", "stop"], nowhere), refusal);
    expect(await home.run(["--help"], nowhere)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("may have a path of 200 characters: its socket lies elsewhere", async () => {
    using folder = new TemporaryFolder();
    const long = folder.at("long".repeat(25), "path".repeat(25)).padEnd(200, "x");
    await using home = CommandHome.open({ home: long, config });
    await home.output(["agent", "create", "good", "-i", "Repeat."]);
    await expectGoodRun(home);
    const { addresses } = await home.json(["local", "status"]);
    const socket = addresses.find((address: string) => address.startsWith("unix:"));
    expect(socket.length).toBeLessThan(100);
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot || !Bun.which("setpriv"))(
    "that its user may not write stops the command (needs root to become another user)",
    async () => {
      const nobody = 65_534;
      await using home = CommandHome.open();
      chmodSync(home.at("."), 0o711);
      mkdirSync(home.home, { mode: 0o500 });
      chownSync(home.home, nobody, nobody);
      const become = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
      const end = await home.startProgram([...become, ...commandLine, "agent", "list"]).end();
      expectRefusal(end, { exitCode: 4, error: "permission denied", hint: writable });
    },
  );
});

using probe = new TemporaryFolder();
const problem = smallDiskProblem(probe.at("disk"));
if (problem !== undefined) process.stderr.write(`small disks are not tested: ${problem}\n`);

describe.skipIf(problem !== undefined || isLeftOut("data folder"))("a disk", () => {
  test("that is read-only stops the command", async () => {
    using folder = new TemporaryFolder();
    using disk = new SmallDisk(folder.at("disk"), "1m");
    disk.makeReadOnly();
    await using home = CommandHome.open({ home: disk.path });
    const end = await home.run(["agent", "list"]);
    expectRefusal(end, { exitCode: 1, error: "the file system is read-only", hint: writable });
  });

  test("that is full refuses writes, reads go on, and what runs ends when there is room again", async () => {
    // More than the write-ahead log may have room for.
    const large = "m".repeat(2_000_000);
    await using models = serveModels({ talker: [{ text: `${large}.`, chunk: 200_000 }] });
    using model = heldBack(models);
    using folder = new TemporaryFolder();
    using disk = new SmallDisk(folder.at("disk"), "24m");
    await using home = CommandHome.open({ home: disk.path, config: configFor(model) });
    await home.output(["agent", "create", "talker", "-i", "x", "-m", "openai-compatible/talker"]);
    await home.output(["agent", "create", "good", "-i", "x", "-m", "openai-compatible/plain"]);
    const running = home.start(["agent", "execute", "talker", "talk"]);
    await model.asked;

    disk.fill();
    expectRefusal(await home.run(["agent", "execute", "good", "-"], { stdin: large }), {
      exitCode: 1,
      error: "disk full",
      hint: "free space",
    });
    expect(await home.output(["agent", "list", "-q"])).toBe("good\ntalker\n");
    model.answer();
    await running.says(".", "stdout");
    const isRunning = { items: [{ status: { phase: "EXECUTION_RUNNING" } }] };
    expect(await home.json(["execution", "list"])).toMatchObject(isRunning);

    disk.free();
    const end = await running.end();
    expect({ exitCode: end.exitCode, length: end.stdout.length }).toEqual({
      exitCode: 0,
      length: large.length + 2,
    });
    expect(models.journal.requestsOf("talker")).toBe(1);
    await expectGoodRun(home);
  });

  test("that is full when the daemon starts is named, and it starts when there is room again", async () => {
    using folder = new TemporaryFolder();
    using disk = new SmallDisk(folder.at("disk"), "8m");
    await using home = CommandHome.open({ home: disk.path, config });
    await home.output(["agent", "create", "good", "-i", "Repeat."]);
    await home.output(["local", "stop"]);
    disk.fill();
    const end = await home.run(["agent", "list"]);
    expect(end.stderr).toMatch(/disk full|no space left|ENOSPC/i);
    expectRefusal(end, { exitCode: 1, error: "disk full", hint: "free space" });
    disk.free();
    await expectGoodRun(home);
  });
});

/** Passes calls of models on from the moment that it is told to. */
function heldBack(models: ScriptServer) {
  const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch: async (request) => {
      asked.resolve();
      await released.promise;
      return await fetch(new URL(new URL(request.url).pathname, models.url), request);
    },
  });
  return {
    url: server.url,
    /** Resolves with the first call. */
    asked: asked.promise,
    answer: released.resolve,
    [Symbol.dispose]: () => void server.stop(true),
  };
}
