import assert from "node:assert/strict";
import { access, chmod, chown, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryVersion } from "../repository.ts";
import { check, type BinaryCheck } from "./binary-check.ts";
import type { RunResult, Sandbox } from "./sandbox.ts";

/** `nobody` of every Debian-like system: may read what all may, and owns nothing. */
const nobody = 65_534;

export const startUpChecks: readonly BinaryCheck[] = [
  check("--version and version print the version of package.json", async (sandbox) => {
    const version = await repositoryVersion();
    for (const args of [["--version"], ["version", "-o", "json"]]) {
      const { exitCode, stdout, stderr } = await sandbox.run(args);
      assert.equal(exitCode, 0, stderr);
      assert.ok(stdout.includes(version), `${args.join(" ")} printed ${stdout}`);
      assert.equal(stderr, "");
    }
  }),
  check("bunfig.toml and .env of the current folder do nothing", ignoresHostileFolder),
  check("a folder that is gone is named, not a crash", refusesRemovedFolder),
  check("without HOME it says what to set", async (sandbox) => {
    const without = { HOME: undefined, STIGMER_HOME: undefined };
    assert.equal((await sandbox.run(["--version"], { env: without })).exitCode, 0);
    const status = await sandbox.run(["local", "status"], { env: without });
    assert.equal(status.exitCode, 1, status.stderr);
    assertSentence(status, /STIGMER_HOME/);
  }),
  { name: "a home that cannot be written is named", run: namesReadOnlyHome },
];

async function ignoresHostileFolder(sandbox: Sandbox): Promise<void> {
  const before = new Set(await readdir(sandbox.folder));
  await fillWithHostileFiles(sandbox.workFolder, sandbox.folder);
  for (const args of [["--version"], ["local", "start"], ["local", "status"], ["local", "stop"]]) {
    // Only a variable that is not set would be taken from a .env.
    const { exitCode, stderr } = await sandbox.run(args, { env: { STIGMER_HOME: undefined } });
    assert.equal(exitCode, 0, `${args.join(" ")}: ${stderr}`);
  }
  assert.deepEqual(new Set(await readdir(sandbox.folder)), before);
}

/** Whatever is obeyed leaves a file or a folder in `marked`. */
async function fillWithHostileFiles(folder: string, marked: string): Promise<void> {
  const mark = (name: string) =>
    `require("node:fs").writeFileSync(${JSON.stringify(join(marked, name))}, "");`;
  const files = {
    ".env": `STIGMER_HOME=${join(marked, "home-from-dotenv")}\n`,
    "bunfig.toml": 'preload = ["./preload.ts"]\n',
    "preload.ts": mark("preloaded"),
    "package.json": '{"name":"hostile","imports":{"#x":"./preload.ts"}}',
    "tsconfig.json": '{"compilerOptions":{"paths":{"*":["./preload"]}}}',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** The runtime refuses before any code of ours runs; what matters is that it says why. */
async function refusesRemovedFolder(sandbox: Sandbox): Promise<void> {
  const gone = join(sandbox.folder, "gone");
  await mkdir(gone);
  const script = `rmdir "${gone}" && exec "${sandbox.binary}" --version`;
  const refused = await sandbox.runProgram(["sh", "-c", script], { cwd: gone });
  assert.equal(refused.exitCode, 1);
  assertSentence(refused, /working directory was deleted/);
}

async function namesReadOnlyHome(sandbox: Sandbox): Promise<string | undefined> {
  const isRoot = process.getuid?.() === 0;
  // Modes do not hold root back, so root looks at this as somebody else.
  if (isRoot && Bun.which("setpriv") === null) return "root without setpriv";
  const home = join(sandbox.folder, "read-only");
  const openToAll = join(sandbox.folder, "bin");
  for (const folder of [home, openToAll]) await mkdir(folder);
  for (const folder of [sandbox.folder, openToAll]) await chmod(folder, 0o755);
  await chmod(sandbox.temporaryFolder, 0o1777);
  if (isRoot) await chown(home, nobody, nobody);
  await chmod(home, 0o555);
  const binary = await sandbox.copyBinary(openToAll);
  const asNobody = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  const command = [...(isRoot ? asNobody : []), binary, "local", "start"];
  const env = { HOME: home, STIGMER_HOME: join(home, "data") };
  const started = await sandbox.runProgram(command, { env, cwd: openToAll });
  assert.equal(started.exitCode, 4, `${started.exitCode}: ${started.stderr}`);
  assertSentence(started, /read-only/);
  await assert.rejects(access(env.STIGMER_HOME));
  return undefined;
}

/** A refusal is a sentence that names the cause: no stack trace, nothing on stdout. */
function assertSentence({ stdout, stderr }: RunResult, about: RegExp): void {
  assert.match(stderr, about);
  assert.doesNotMatch(stderr, /\n\s+at /, "a stack trace was printed");
  assert.equal(stdout, "");
}
