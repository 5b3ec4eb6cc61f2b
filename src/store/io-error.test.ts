import { expect, test } from "bun:test";
import { join } from "node:path";
import { TemporaryFolder } from "../system/testing/temporary-folder.ts";
import { agentKind } from "./testing/samples.ts";
import { openIn } from "./testing/temporary-store.ts";

const program = join(import.meta.dir, "testing", "writer-on-failing-disk.ts");

test("an I/O error at a commit is never acknowledged and turns the store read-only", async () => {
  using folder = new TemporaryFolder();
  const limited = `trap "" XFSZ; ulimit -f 2000; exec bun "$0" "$1"`;
  await using child = Bun.spawn(["sh", "-c", limited, program, folder.path], { stdout: "pipe" });
  const report: unknown = JSON.parse(await child.stdout.text());
  expect(report).toEqual({
    acknowledged: expect.any(Number),
    refusal: { code: "unavailable", message: expect.stringContaining("read-only") },
    next: "unavailable",
    failures: ["unavailable"],
    readable: expect.any(Number),
  });
  const { acknowledged, readable } = report as { acknowledged: number; readable: number };
  expect(acknowledged).toBeGreaterThan(5);
  expect(readable).toBe(acknowledged);
  await using store = await openIn(folder.path);
  expect(store.failure).toBeUndefined();
  expect(store.read.count({ kinds: [agentKind] })).toBeGreaterThanOrEqual(acknowledged);
});
