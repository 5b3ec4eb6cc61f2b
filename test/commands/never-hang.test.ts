import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync } from "node:fs";
import { repositoryRoot } from "../../scripts/repository.ts";
import { commandTable } from "../../src/cli/command-table.ts";
import { type Condition, conditions, type Scene } from "../never-hang/conditions.ts";
import { lines } from "../never-hang/lines.ts";
import { complaintsAbout, complaintsAboutLine } from "../never-hang/run-lines.ts";
import { TemporaryFolder } from "../../src/system/testing/temporary-folder.ts";
import { RunningCommand } from "../support/running-command.ts";
import { SilentServer } from "../support/silent-server.ts";

setDefaultTimeout(120_000);

test("every command of the table has a line that is run", () => {
  const known = commandTable.map(({ path }) => path.join(" "));
  expect(Object.keys(lines).toSorted()).toEqual(known.toSorted());
});

describe("every command ends in time with a documented code when", () => {
  let silent: SilentServer;
  // The compiled program starts in half the time that the sources take, a thousand times over.
  const built = new TemporaryFolder();
  const program = built.at("stigmer");
  beforeAll(async () => {
    const build = [process.execPath, `${repositoryRoot}scripts/build-binary.ts`];
    const end = Bun.spawnSync([...build, "--outfile", program]);
    if (end.exitCode !== 0) throw new Error(end.stderr.toString());
    // One of the conditions needs another user.
    chmodSync(built.path, 0o711);
    silent = await SilentServer.listen(0);
  });
  afterAll(async () => {
    await silent[Symbol.asyncDispose]();
    built[Symbol.dispose]();
  });

  for (const condition of conditions) {
    const { name, problem, open } = condition;
    if (problem !== undefined) process.stderr.write(`not tested: ${name}: ${problem}\n`);
    test.skipIf(problem !== undefined)(name, async () => {
      await using scene = await open(program);
      const silentUrl = `http://localhost:${silent.port}`;
      expect(await complaintsAbout({ condition, scene, silentUrl })).toEqual([]);
    });
  }
});

describe("a command is complained about that", () => {
  const condition: Condition = { name: "one that is made", open: () => Promise.resolve(scene("")) };

  /** Whatever command is asked for, this program runs in its place. */
  function scene(program: string): Scene {
    return {
      start: (words, options) =>
        new RunningCommand([process.execPath, "-e", program, "--", ...words], {
          cwd: "/",
          env: {},
          ...options,
        }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  test.each([
    ["hangs", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);", /took \d+ ms/],
    ["ends with a code of its own", "process.exit(42);", /undocumented code 42/],
    ["shows where it failed", "console.error(new Error('no').stack);", /stack trace/],
  ])("%s", async (_, program, complaint) => {
    const around = { condition, scene: scene(program), silentUrl: "" };
    expect(await complaintsAboutLine(around, { name: "agent list", line: {} })).toEqual([
      expect.stringMatching(complaint),
    ]);
  });
});
