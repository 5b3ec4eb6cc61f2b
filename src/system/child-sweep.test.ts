import { describe, expect, test } from "bun:test";
import { findTaggedWithPs, killTagged } from "./child-sweep.ts";
import { readProcessTable } from "./process-table.ts";

const grace = { termMs: 300, killMs: 2000 };

/** A process that runs until it is ended; `detached` gives it a process group of its own. */
function startChild(script: string, env: Record<string, string>, detached = true) {
  const child = Bun.spawn(["sh", "-c", `${script}; echo started; while :; do sleep 1; done`], {
    env: { PATH: process.env["PATH"], ...env },
    stdout: "pipe",
    detached,
  });
  return {
    pid: child.pid,
    started: () => child.stdout.getReader().read(),
    signal: async () => {
      await child.exited;
      return child.signalCode;
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** A process whose child left its process group; both run until they are ended. */
function startEscape(env: Record<string, string>) {
  const script = `
    const { spawn } = require("node:child_process");
    console.log(spawn("sleep", ["600"], { detached: true, stdio: "ignore" }).pid);
    setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", script], {
    env: { PATH: process.env["PATH"], ...env },
    stdout: "pipe",
    detached: true,
  });
  return {
    pid: child.pid,
    async escapedPid() {
      const { value } = await child.stdout.getReader().read();
      return Number(new TextDecoder().decode(value));
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

function freshTag(): string {
  return `sweep-test-${crypto.randomUUID()}`;
}

describe("a sweep", () => {
  test("ends what has the tag, by SIGTERM, and says which", async () => {
    const tag = freshTag();
    await using child = startChild(":", { STIGMER_CHILD: `${tag}/mcp/7` });
    await child.started();
    expect(await killTagged(tag, grace)).toContain(child.pid);
    expect(await child.signal()).toBe("SIGTERM");
    expect(await killTagged(tag, grace)).toEqual([]);
  });

  test("ends what ignores SIGTERM, by SIGKILL", async () => {
    const tag = freshTag();
    await using child = startChild("trap '' TERM", { STIGMER_CHILD: tag });
    await child.started();
    expect(await killTagged(tag, grace)).toContain(child.pid);
    expect(await child.signal()).toBe("SIGKILL");
  });

  test("ends what left for a process group of its own", async () => {
    const tag = freshTag();
    await using leader = startEscape({ STIGMER_CHILD: tag });
    const escaped = await leader.escapedPid();
    expect(await killTagged(tag, grace)).toEqual(expect.arrayContaining([leader.pid, escaped]));
    expect(await killTagged(tag, grace)).toEqual([]);
  });

  test("touches nothing else: no tag, another tag, the tag as an argument only", async () => {
    const tag = freshTag();
    await using untagged = startChild(":", {});
    await using other = startChild(":", { STIGMER_CHILD: `other-${tag}` });
    await using mention = startChild(`: STIGMER_CHILD=${tag}`, { NOTE: `STIGMER_CHILD=${tag}` });
    await Promise.all([untagged.started(), other.started(), mention.started()]);
    expect(await killTagged(tag, grace)).toEqual([]);
    expect([untagged, other, mention].map((child) => child.isAlive())).toEqual([true, true, true]);
  });

  test("spares a stranger in the group of a tagged process", async () => {
    const tag = freshTag();
    // Not detached: both are in the group of this test, which has no tag either.
    await using stranger = startChild(":", {}, false);
    await using child = startChild(":", { STIGMER_CHILD: tag }, false);
    await Promise.all([stranger.started(), child.started()]);
    expect(await killTagged(tag, grace)).toContain(child.pid);
    expect(await child.signal()).toBe("SIGTERM");
    expect(stranger.isAlive()).toBe(true);
  });

  test("needs a tag", async () => {
    const swept = await Promise.allSettled([killTagged("")]);
    expect(swept[0]).toMatchObject({ status: "rejected", reason: { code: "invalid-argument" } });
  });
});

test("ps finds the tag in the environment, and not in the arguments", async () => {
  const tag = freshTag();
  await using child = startChild(":", { STIGMER_CHILD: tag });
  await using mention = startChild(`: STIGMER_CHILD=${tag}`, {});
  await Promise.all([child.started(), mention.started()]);
  const pids = new Set([child.pid, mention.pid]);
  const candidates = (await readProcessTable()).filter((entry) => pids.has(entry.pid));
  expect(candidates).toHaveLength(2);
  const found = await findTaggedWithPs(candidates, tag);
  expect(found.map((entry) => entry.pid)).toEqual([child.pid]);
});
