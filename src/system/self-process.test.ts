import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { copyFileSync, renameSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { selfCommand, spawnCommand } from "./self-process.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

const beside = (name: string) => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)));
const bun = (script: string) => ({ command: process.execPath, args: ["-e", script] });

test("from the sources, this program is Bun with src/cli.ts", () => {
  const { command, args } = selfCommand();
  expect(command).toBe(process.execPath);
  expect(args).toEqual([new URL("../cli.ts", import.meta.url).pathname]);
});

describe("a child", () => {
  test("works in / and without variables that load code", async () => {
    const script = `process.stdout.write(JSON.stringify([process.cwd(), process.env.NODE_OPTIONS]))`;
    process.env.NODE_OPTIONS = "--no-warnings";
    const child = spawnCommand(bun(script), [], { stdio: ["ignore", "pipe", "inherit"] });
    delete process.env.NODE_OPTIONS;
    expect(await text(child.stdout!)).toBe('["/",null]');
  });

  test("reads a credential from an inherited descriptor", async () => {
    const script = `process.stdout.write(await Bun.file(3).text())`;
    const child = spawnCommand(bun(script), [], { stdio: ["ignore", "pipe", "inherit", "pipe"] });
    (child.stdio[3] as Writable).end("for your eyes only");
    expect(await text(child.stdout!)).toBe("for your eyes only");
  });

  test.if(process.platform === "linux")("leads a session of its own when detached", async () => {
    const script = `const stat = await Bun.file("/proc/self/stat").text();
      const [, , , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      process.stdout.write(String(Number(session) === process.pid))`;
    const child = spawnCommand(bun(script), [], {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    expect(await text(child.stdout!)).toBe("true");
  });
});

describe("a compiled program", () => {
  test("starts its own build, also after its file was replaced", async () => {
    using scratch = new TemporaryFolder();
    const program = await compile(scratch);
    const parent = spawnCommand({ command: program, args: [] }, ["parent"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(parent.stdout as Readable, "readable");
    copyFileSync("/bin/true", scratch.at("upgrade"));
    renameSync(scratch.at("upgrade"), program);
    parent.stdin!.end();
    expect(await text(parent.stdout!)).toBe("ready child of build seven at 9.9.9");
  });
});

/** A program that, as `parent`, waits for its stdin to end and then starts itself as `child`. */
async function compile(scratch: TemporaryFolder): Promise<string> {
  await Bun.write(
    scratch.at("program.ts"),
    `import { spawnSelf } from ${beside("./self-process.ts")};
     import { buildId, version } from ${beside("./version.ts")};
     if (process.argv[2] === "child") process.stdout.write("child of " + buildId + " at " + version);
     else {
       process.stdout.write("ready ");
       await Bun.stdin.text();
       spawnSelf(["child"], { stdio: ["ignore", "inherit", "inherit"] });
     }`,
  );
  const built = await Bun.build({
    entrypoints: [scratch.at("program.ts")],
    compile: { outfile: scratch.at("program") },
    define: { STIGMER_VERSION: '"9.9.9"', STIGMER_BUILD_ID: '"build seven"' },
  });
  expect(built.success).toBe(true);
  return scratch.at("program");
}
