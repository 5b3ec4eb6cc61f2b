import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { type Listener, listen } from "./listener.ts";
import { isOwnPeer } from "./peer-owner.ts";

/** The server's end of a new connection to a listener on this host. */
async function acceptedFrom(
  host: string,
  target: string,
): Promise<{ client: Socket; accepted: Socket; listener: Listener }> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const listener = await listen({ host, port: 0 }, resolve);
  const client = connect(listener.port, target);
  client.on("error", () => {});
  return { client, accepted: await promise, listener };
}

test.if(process.platform === "linux").each([
  ["127.0.0.1", "127.0.0.1"],
  ["::1", "::1"],
  ["127.0.0.1", "::ffff:127.0.0.1"],
])("a process of ours that reaches %s as %s is known as ours", async (host, target) => {
  const { client, accepted, listener } = await acceptedFrom(host, target);
  const isOwn = await isOwnPeer(accepted);
  client.destroy();
  accepted.destroy();
  listener.close();
  expect(isOwn).toBe(true);
});

test("a peer that sent something and left proves nothing", async () => {
  const { client, accepted, listener } = await acceptedFrom("127.0.0.1", "127.0.0.1");
  client.end("PRI");
  await new Promise((resolve) => client.once("finish", resolve));
  client.destroy();
  await new Promise((resolve) => client.once("close", resolve));
  const isOwn = await isOwnPeer(accepted);
  accepted.destroy();
  listener.close();
  expect(isOwn).toBe(false);
});
