import { expect, test } from "bun:test";
import { join } from "node:path";
import { TemporaryFolder } from "../system/testing/temporary-folder.ts";
import { executionKind } from "./testing/samples.ts";
import { openIn } from "./testing/temporary-store.ts";

const program = join(import.meta.dir, "testing", "acknowledging-writer.ts");

/** Kills a writing process after so many acknowledgements and returns all that it printed. */
async function acknowledgedUntilKilled(
  folder: string,
  prefix: string,
  killAfter: number,
): Promise<string[]> {
  await using child = Bun.spawn(["bun", program, folder, prefix], { stdout: "pipe" });
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.split("\n").length > killAfter) child.kill("SIGKILL");
  }
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  return text.split("\n").slice(0, -1);
}

test("kill -9 of the writing process loses nothing that was acknowledged", async () => {
  using folder = new TemporaryFolder();
  const acknowledged: string[] = [];
  for (let kill = 0; kill < 10; kill++) {
    const killAfter = 1 + Math.floor(Math.random() * 400);
    acknowledged.push(...(await acknowledgedUntilKilled(folder.path, `k${kill}`, killAfter)));
    await using store = await openIn(folder.path);
    const lost = acknowledged.filter((id) => {
      const [first] = store.read.journal(id, 0, 10_000);
      return first === undefined || store.read.get(executionKind, id) === undefined;
    });
    expect(lost).toEqual([]);
  }
  expect(acknowledged.length).toBeGreaterThan(10);
}, 60_000);
