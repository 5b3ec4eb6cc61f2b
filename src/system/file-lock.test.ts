import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { isLocked, tryLock, waitForLock } from "./file-lock.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

const moduleUrl = new URL("./file-lock.ts", import.meta.url).href;

/** A process that tries the lock, prints what came of it, and stays until its stdin ends. */
function spawnLocker(path: string, afterwards = "") {
  const script = `
    import { tryLock } from ${JSON.stringify(moduleUrl)};
    const lock = tryLock(${JSON.stringify(path)});
    ${afterwards}
    process.stdout.write(lock ? "held\\n" : "refused\\n");
    await Bun.stdin.text();`;
  return Bun.spawn(["bun", "-e", script], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
}

async function firstLine(child: ReturnType<typeof spawnLocker>): Promise<string> {
  for await (const chunk of child.stdout) return new TextDecoder().decode(chunk).trim();
  return "";
}

describe("tryLock", () => {
  test("gives the lock to one, and to the next when it is disposed", () => {
    using scratch = new TemporaryFolder();
    const path = scratch.at("lock");
    {
      using first = tryLock(path);
      expect(first?.path).toBe(path);
      expect(tryLock(path)).toBeUndefined();
    }
    using next = tryLock(path);
    expect(next).toBeDefined();
  });

  test("leaves a 0600 file behind and never deletes it", () => {
    using scratch = new TemporaryFolder();
    tryLock(scratch.at("lock"))?.[Symbol.dispose]();
    expect(existsSync(scratch.at("lock"))).toBe(true);
    expect(statSync(scratch.at("lock")).mode & 0o777).toBe(0o600);
  });

  test("survives that the holder itself reads the file", () => {
    using scratch = new TemporaryFolder();
    using lock = tryLock(scratch.at("lock"));
    readFileSync(scratch.at("lock"));
    expect(lock).toBeDefined();
    expect(tryLock(scratch.at("lock"))).toBeUndefined();
  });

  test("is free at once when its holder is killed, even if a child of it lives on", async () => {
    using scratch = new TemporaryFolder();
    const path = scratch.at("lock");
    const spawnChild = `
      const child = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] });
      await Bun.write(${JSON.stringify(scratch.at("pid"))}, String(child.pid));`;
    const holder = spawnLocker(path, spawnChild);
    expect(await firstLine(holder)).toBe("held");
    expect(tryLock(path)).toBeUndefined();
    holder.kill("SIGKILL");
    await holder.exited;
    const orphan = Number(readFileSync(scratch.at("pid"), "utf8"));
    using lock = tryLock(path);
    process.kill(orphan, "SIGKILL");
    expect(lock).toBeDefined();
  });

  test("goes to exactly one of eight processes that start together", async () => {
    using scratch = new TemporaryFolder();
    const racers = Array.from({ length: 8 }, () => spawnLocker(scratch.at("lock")));
    const lines = await Promise.all(racers.map(firstLine));
    expect(lines.filter((line) => line === "held")).toHaveLength(1);
    expect(lines.filter((line) => line === "refused")).toHaveLength(7);
    for (const racer of racers) await racer.stdin.end();
    await Promise.all(racers.map((racer) => racer.exited));
  });

  test("refuses a symbolic link", () => {
    using scratch = new TemporaryFolder();
    symlinkSync(scratch.at("target"), scratch.at("lock"));
    expect(() => tryLock(scratch.at("lock"))).toThrow(
      expect.objectContaining({ code: "permission-denied" }),
    );
    expect(existsSync(scratch.at("target"))).toBe(false);
  });

  test("is not refused because somebody looks whether it is taken", async () => {
    using scratch = new TemporaryFolder();
    const path = scratch.at("lock");
    const script = `
      import { isLocked } from ${JSON.stringify(moduleUrl)};
      process.stdout.write("looking\\n");
      for (;;) isLocked(${JSON.stringify(path)});`;
    const observer = Bun.spawn(["bun", "-e", script], { stdin: "pipe", stdout: "pipe" });
    tryLock(path)?.[Symbol.dispose]();
    expect(await firstLine(observer)).toBe("looking");
    const outcomes = Array.from({ length: 300 }, () => {
      using lock = tryLock(path);
      return lock !== undefined;
    });
    observer.kill("SIGKILL");
    await observer.exited;
    expect(outcomes).not.toContain(false);
  });
});

test("isLocked sees a holder, and none where the file is free or missing", () => {
  using scratch = new TemporaryFolder();
  const path = scratch.at("lock");
  expect(isLocked(path)).toBe(false);
  expect(existsSync(path)).toBe(false);
  const lock = tryLock(path);
  expect(isLocked(path)).toBe(true);
  lock?.[Symbol.dispose]();
  expect(isLocked(path)).toBe(false);
});

test("a holder notices that its file was deleted under it", () => {
  using scratch = new TemporaryFolder();
  using lock = tryLock(scratch.at("lock"));
  expect(lock?.stillAtPath()).toBe(true);
  rmSync(scratch.at("lock"));
  expect(lock?.stillAtPath()).toBe(false);
  using other = tryLock(scratch.at("lock"));
  expect(other).toBeDefined();
  expect(lock?.stillAtPath()).toBe(false);
});

describe("waitForLock", () => {
  test("gets the lock when the holder lets go", async () => {
    using scratch = new TemporaryFolder();
    const holder = tryLock(scratch.at("lock"));
    const waiting = waitForLock(scratch.at("lock"), 10_000);
    holder?.[Symbol.dispose]();
    using lock = await waiting;
    expect(lock.stillAtPath()).toBe(true);
  });

  test("gives up with the path when nobody lets go", async () => {
    using scratch = new TemporaryFolder();
    using _holder = tryLock(scratch.at("lock"));
    const failure = await waitForLock(scratch.at("lock"), 20).catch((cause: unknown) => cause);
    expect(failure).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(scratch.at("lock")),
    });
  });
});
