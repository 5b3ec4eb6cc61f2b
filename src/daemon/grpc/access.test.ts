import { expect, test } from "bun:test";
import { type CallOptions, Channel } from "../../contract/channel.ts";
import { RunnerController } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { SystemQueryController } from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { metadataKeys } from "../../contract/metadata-keys.ts";
import { methodPath } from "../../contract/service-definition.ts";
import type { CallContext } from "./handlers.ts";
import { collect, failureOf } from "./testing/outcomes.ts";
import { rawCall, rawClient } from "./testing/raw-client.ts";
import { rawUnary } from "./testing/raw-unary.ts";
import {
  runnerToken,
  script,
  startScriptedServer,
  system,
  userToken,
} from "./testing/scripted-server.ts";

const { version, info } = SystemQueryController.method;
const { readJournal } = RunnerController.method;

const refusals: readonly (readonly [string, string, CallOptions["metadata"], string])[] = [
  ["a header of a browser", "origin", { origin: "http://evil.example" }, "refused"],
  ["a referrer", "referer", { referer: "http://evil.example" }, "refused"],
  ["fetch metadata", "sec-fetch-site", { "sec-fetch-site": "cross-site" }, "refused"],
  ["a token that is not ours", "token", { authorization: "Bearer nonsense" }, "unauthenticated"],
  ["a token that is none", "token", { authorization: "Basic dXNlcg==" }, "unauthenticated"],
  [
    "a flag that is none",
    "must be true or false",
    { "stigmer-dry-run": "yes" },
    "invalid-argument",
  ],
  [
    "an organisation, which it has none of",
    "acme",
    { "stigmer-organization": "acme" },
    "invalid-argument",
  ],
];

test.each(refusals)("refuses %s", async (_, words, metadata, code) => {
  await using daemon = await startScriptedServer({ services: [system] });
  for (const address of [daemon.socket, daemon.ipv4]) {
    using channel = new Channel({ address });
    const error = await failureOf(channel.unary(info, {}, metadata ? { metadata } : {}));
    expect([error.code as string, error.message]).toEqual([code, expect.stringContaining(words)]);
  }
});

test("refuses the name of another host on TCP, and on the socket what is no path", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  const statusFor = async (address: string, authority: string): Promise<number> =>
    (await rawUnary({ address, method: version, authority })).code;
  const statuses: Record<string, number> = {};
  for (const authority of [
    "localhost",
    "LOCALHOST:1",
    "[::1]:50051",
    "evil.example",
    "127.0.0.1.x",
  ]) {
    statuses[`tcp ${authority}`] = await statusFor(daemon.ipv4, authority);
  }
  for (const authority of ["localhost", "%2Frun%2Fs.sock", "evil.example"]) {
    statuses[`socket ${authority}`] = await statusFor(daemon.socket, authority);
  }
  statuses["tcp %2Frun%2Fs.sock"] = await statusFor(daemon.ipv4, "%2Frun%2Fs.sock");
  expect(statuses).toEqual({
    "tcp localhost": 0,
    "tcp LOCALHOST:1": 0,
    "tcp [::1]:50051": 0,
    "tcp evil.example": 7,
    "tcp 127.0.0.1.x": 7,
    "tcp %2Frun%2Fs.sock": 7,
    "socket localhost": 0,
    "socket %2Frun%2Fs.sock": 0,
    "socket evil.example": 7,
  });
});

test("answers HTTP/1.1 with a refusal and cuts off what is no HTTP", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  const target = { host: "127.0.0.1", port: daemon.server.port! };
  using browser = rawClient(target, Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  using tls = rawClient(target, Buffer.from([0x16, 3, 1, 2, 0, 1]));
  const [page, nothing] = [await browser.closed, await tls.closed];
  expect(page.toString()).toStartWith("HTTP/1.1 505 ");
  expect(page.toString()).toEndWith("This port speaks gRPC over HTTP/2 and nothing else.\n");
  expect(nothing.length).toBe(0);
});

test("the preface may arrive byte by byte", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  const call = rawCall(methodPath(version), new Uint8Array());
  using client = rawClient({ path: daemon.socketPath }, call.subarray(0, 1));
  for (const byte of call.subarray(1)) client.socket.write(Buffer.of(byte));
  while (!client.received().includes("user on socket")) {
    await new Promise((resolve) => client.socket.once("data", resolve));
  }
  expect(client.received().includes("user on socket")).toBe(true);
});

test("a runner may call its service on the socket, and nothing else", async () => {
  const runner = script(RunnerController, { readJournal: async function* () {} });
  await using daemon = await startScriptedServer({ services: [system, runner] });
  const request = { executionId: "aex-1" };
  using own = new Channel({ address: daemon.socket, token: runnerToken });
  using overTcp = new Channel({ address: daemon.ipv4, token: runnerToken });
  using user = new Channel({ address: daemon.socket, token: userToken });
  const journal = await collect(own.serverStream(readJournal, request));
  const denied = [
    await failureOf(own.unary(info, {})),
    await failureOf(collect(overTcp.serverStream(readJournal, request))),
    await failureOf(collect(user.serverStream(readJournal, request))),
  ];
  const known = await own.unary(version, {});
  expect(journal).toEqual([]);
  expect(denied.map(({ code }) => code)).toEqual([
    "permission-denied",
    "permission-denied",
    "permission-denied",
  ]);
  expect(known.version).toBe("runner on socket");
});

test("credentials of models are taken on the socket and refused on TCP", async () => {
  let seen: Uint8Array | undefined;
  const query = script(SystemQueryController, {
    info: async (_: unknown, context: CallContext) => {
      seen = context.credentials;
      return {};
    },
  });
  await using daemon = await startScriptedServer({ services: [query] });
  const metadata = { [metadataKeys.credentials]: new Uint8Array([1, 0, 255]) };
  using socket = new Channel({ address: daemon.socket });
  using tcp = new Channel({ address: daemon.ipv4 });
  await socket.unary(info, {}, { metadata });
  const error = await failureOf(tcp.unary(info, {}, { metadata }));
  expect(Buffer.from(seen!)).toEqual(Buffer.from([1, 0, 255]));
  expect(error.code).toBe("refused");
  expect(error.hint).toContain("socket");
});
