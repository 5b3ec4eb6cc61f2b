import assert from "node:assert/strict";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { check, type BinaryCheck } from "./binary-check.ts";
import type { Sandbox } from "./sandbox.ts";

const starters = 6;

/** Exit code of a command that finds no daemon. */
const unreachable = 7;

export const daemonChecks: readonly BinaryCheck[] = [
  check("starts at the same time make one daemon", async (sandbox) => {
    const starts = Array.from({ length: starters }, () => sandbox.run(["local", "start"]));
    for (const { exitCode, stderr } of await Promise.all(starts)) assert.equal(exitCode, 0, stderr);
    assert.deepEqual(await sandbox.processes(), [await daemonPid(sandbox)]);
  }),
  check("a daemon that was killed is replaced, whatever it left behind", async (sandbox) => {
    await start(sandbox);
    const killed = await daemonPid(sandbox);
    process.kill(killed, "SIGKILL");
    await start(sandbox);
    assert.notEqual(await daemonPid(sandbox), killed);
  }),
  check("stop leaves no process and no socket", async (sandbox) => {
    await start(sandbox);
    const { exitCode, stderr } = await sandbox.run(["local", "stop"]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(await sandbox.processes(), []);
    await assert.rejects(access(join(sandbox.home, "run", "stigmer.sock")));
    assert.deepEqual(await readdir(sandbox.workFolder), []);
    assert.equal((await sandbox.run(["local", "status"])).exitCode, unreachable);
  }),
];

async function start(sandbox: Sandbox): Promise<void> {
  const { exitCode, stderr } = await sandbox.run(["local", "start"]);
  assert.equal(exitCode, 0, stderr);
}

async function daemonPid(sandbox: Sandbox): Promise<number> {
  const { exitCode, stdout, stderr } = await sandbox.run(["local", "status", "-o", "json"]);
  assert.equal(exitCode, 0, stderr);
  const { pid }: { pid: number } = JSON.parse(stdout);
  return pid;
}
