import { expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { StigmerError } from "../contract/errors.ts";
import { TemporaryFolder } from "../system/testing/temporary-folder.ts";
import type { Store } from "./store.ts";
import { agentKind, newAgent, rejectionOf } from "./testing/samples.ts";
import { openIn } from "./testing/temporary-store.ts";

/** A file system of 8 MB at a folder, gone when disposed; `undefined` where mounting is not allowed. */
function mountSmallDisk(path: string): Disposable | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const mount = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", path]);
  if (!mount.success) return undefined;
  return { [Symbol.dispose]: () => void Bun.spawnSync(["umount", "-l", path]) };
}

/** Writes until one fails; returns the acknowledged ids and the failure. */
async function fill(store: Store, prefix: string): Promise<[string[], StigmerError]> {
  const body = crypto.getRandomValues(new Uint8Array(100_000));
  const acknowledged: string[] = [];
  for (;;) {
    const id = `${prefix}-${acknowledged.length}`;
    try {
      await store.write("createResource", newAgent(id, { body }));
      acknowledged.push(id);
    } catch (thrown) {
      if (thrown instanceof StigmerError) return [acknowledged, thrown];
      throw thrown;
    }
  }
}

test("a full disk refuses writes clearly, keeps reading, and needs no restart when there is room", async () => {
  using folder = new TemporaryFolder();
  using disk = mountSmallDisk(folder.path);
  if (disk === undefined) {
    process.stderr.write("skipped: mounting a small tmpfs needs root on Linux\n");
    return;
  }
  const ballast = folder.at("ballast");
  writeFileSync(ballast, new Uint8Array(3 * 1024 * 1024));
  await using store = await openIn(folder.path);
  const [acknowledged, failure] = await fill(store, "first");
  expect(failure.code).toBe("resource-exhausted");
  expect(failure.message).toContain("disk full");
  expect(failure.hint).toContain("free space");
  expect(store.read.count({ kinds: [agentKind] })).toBe(acknowledged.length);
  const group = ["a", "b", "c"].map((id) => {
    const body = crypto.getRandomValues(new Uint8Array(1_000_000));
    return rejectionOf(store.write("createResource", newAgent(id, { body })));
  });
  const codes = (await Promise.all(group)).map(({ code }) => code);
  expect(codes).toEqual(["resource-exhausted", "resource-exhausted", "resource-exhausted"]);
  const artifact = rejectionOf(store.artifacts.put(new Uint8Array(4 * 1024 * 1024)));
  expect((await artifact).code).toBe("resource-exhausted");
  expect(store.failure).toBeUndefined();

  rmSync(ballast);
  await store.write("createResource", newAgent("after"));
  for (const id of [...acknowledged, "after"]) expect(store.read.get(agentKind, id)).toBeDefined();
  expect(store.read.count({ kinds: [agentKind] })).toBe(acknowledged.length + 1);
});
