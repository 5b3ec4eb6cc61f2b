import { expect, test } from "bun:test";
import { mkdtempDisposable, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesNaming } from "./processes-naming.ts";

test("a process is found by its arguments, variables and open files, until it ends", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "stigmer-naming-"));
  await using file = await open(join(folder.path, "file"), "w");
  const children = [
    Bun.spawn(["tail", "-f", "/dev/null", join(folder.path, "file")]),
    Bun.spawn(["tail", "-f", "/dev/null"], { env: { ...process.env, MARK: folder.path } }),
    Bun.spawn(["tail", "-f", "/dev/null"], { stdout: file.fd }),
  ];
  const wanted = process.platform === "linux" ? children : children.slice(0, 2);
  expect(await processesNaming(folder.path)).toEqual(
    wanted.map(({ pid }) => pid).toSorted(byNumber),
  );
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map(({ exited }) => exited));
  expect(await processesNaming(folder.path)).toEqual([]);
});

function byNumber(one: number, other: number): number {
  return one - other;
}
