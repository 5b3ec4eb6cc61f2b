import { expect, test } from "bun:test";
import { MessageQueue } from "./message-queue.ts";

test("messages come in their order, before and while somebody reads, until the end", async () => {
  const queue = new MessageQueue<number>();
  queue.push(1);
  queue.push(2);
  const read: number[] = [];
  for await (const message of queue) {
    read.push(message);
    if (message === 2) queue.push(3);
    // By then the reader waits.
    if (message === 3) setImmediate(() => queue.push(4));
    if (message === 4) queue.end();
  }
  queue.push(5);
  expect(read).toEqual([1, 2, 3, 4]);
  expect(await Array.fromAsync(queue)).toEqual([]);
});

test("what was pushed before the end is still read", async () => {
  const queue = new MessageQueue<string>();
  queue.push("last words");
  queue.end();
  expect(await Array.fromAsync(queue)).toEqual(["last words"]);
});
