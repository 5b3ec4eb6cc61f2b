import { expect, test } from "bun:test";
import { readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, rejectionOf } from "./testing/samples.ts";
import { TemporaryStore } from "./testing/temporary-store.ts";

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield new Uint8Array(size).fill(index);
}

async function contentOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(stream));
}

test("an artifact is read back under the hash of its content, also after a restart", async () => {
  await using temporary = await TemporaryStore.open();
  const { hash, size } = await temporary.store.artifacts.put(bytes("content"));
  expect(hash).toBe(new Bun.CryptoHasher("sha256").update("content").digest("hex"));
  expect(size).toBe(7);
  const { artifacts, read } = await temporary.reopen();
  expect(Buffer.from(await contentOf(await artifacts.open(hash))).toString()).toBe("content");
  expect(read.artifact(hash)).toMatchObject({ hash, size });
  expect(statSync(join(temporary.artifactsDir, hash)).mode & 0o777).toBe(0o600);
});

test("the same content is kept once, and an empty one is content too", async () => {
  await using temporary = await TemporaryStore.open();
  const { artifacts } = temporary.store;
  const streamed = await artifacts.put(pieces(3, 10));
  const whole = await artifacts.put(Buffer.concat(await Array.fromAsync(pieces(3, 10))));
  expect(whole.hash).toBe(streamed.hash);
  expect(readdirSync(temporary.artifactsDir)).toEqual([streamed.hash]);
  const empty = await artifacts.put(new Uint8Array());
  expect((await contentOf(await artifacts.open(empty.hash))).byteLength).toBe(0);
});

test("a large artifact is streamed, never held as a whole", async () => {
  await using temporary = await TemporaryStore.open();
  const { artifacts } = temporary.store;
  const megabytes = 512;
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  const { hash, size } = await artifacts.put(pieces(megabytes, 1024 * 1024));
  let read = 0;
  for await (const chunk of await artifacts.open(hash)) read += chunk.byteLength;
  expect([size, read]).toEqual([megabytes * 1024 * 1024, megabytes * 1024 * 1024]);
  // Other tests share this process and its garbage: half of the whole tells the two apart.
  expect(process.memoryUsage.rss() - before).toBeLessThan((megabytes / 2) * 1024 * 1024);
}, 60_000);

test("content that fails while it is read leaves nothing behind", async () => {
  await using temporary = await TemporaryStore.open();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes("first");
    throw new Error("the sender went away");
  }
  const put = temporary.store.artifacts.put(broken()).catch((thrown: unknown) => thrown);
  expect(await put).toMatchObject({ message: "the sender went away" });
  expect(readdirSync(temporary.artifactsDir)).toEqual([]);
});

test("damage is found: another content, another size, no file, no such artifact", async () => {
  await using temporary = await TemporaryStore.open();
  const { artifacts } = temporary.store;
  const { hash } = await artifacts.put(bytes("content"));
  const file = join(temporary.artifactsDir, hash);
  writeFileSync(file, "CONTENT");
  expect((await rejectionOf(artifacts.open(hash).then(contentOf))).code).toBe("data-loss");
  truncateSync(file, 3);
  expect((await rejectionOf(artifacts.open(hash))).code).toBe("data-loss");
  await artifacts.put(bytes("content"));
  expect((await contentOf(await artifacts.open(hash))).byteLength).toBe(7);
  expect((await rejectionOf(artifacts.open("0".repeat(64)))).code).toBe("not-found");
});

test("what a crash left unfinished is removed at the next start", async () => {
  await using temporary = await TemporaryStore.open();
  writeFileSync(join(temporary.artifactsDir, "left-over.tmp"), "half");
  await temporary.reopen();
  expect(readdirSync(temporary.artifactsDir)).toEqual([]);
});
